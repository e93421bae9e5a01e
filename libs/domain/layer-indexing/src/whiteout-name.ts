import { splitPath } from './split-path';

/** The meaning of a name with the `.wh.` prefix. AUFS metadata has no meaning. */
export type WhiteoutName =
  { readonly kind: 'whiteout' | 'opaque'; readonly path: string } | { readonly kind: 'metadata' | 'malformed' };

const prefix = '.wh.';
const opaqueName = '.wh..wh..opq';
const metadataPrefix = '.wh..wh.';

/**
 * Parses a layer entry's path as a whiteout (OCI image-spec, layer.md); undefined for an ordinary file. `path` in the
 * result is what is removed, or the opaque directory ('' is the root).
 */
export function parseWhiteoutName(path: string): WhiteoutName | undefined {
  if (!path.startsWith(prefix) && !path.includes(`/${prefix}`)) {
    return undefined;
  }
  const [parent, name] = splitPath(path);
  if (parent.startsWith(prefix) || parent.includes(`/${prefix}`)) {
    return { kind: 'metadata' };
  }
  if (name === opaqueName) {
    return { kind: 'opaque', path: parent };
  }
  if (name.startsWith(metadataPrefix)) {
    return { kind: 'metadata' };
  }
  const removed = name.slice(prefix.length);
  if (removed === '' || removed === '.' || removed === '..') {
    return { kind: 'malformed' };
  }
  return { kind: 'whiteout', path: parent === '' ? removed : `${parent}/${removed}` };
}
