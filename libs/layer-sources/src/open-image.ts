import { ClarionError, type LayerSource, type OpenedImage, type OpenOptions } from '@clarion/model';
import { statOf } from './files';
import { parseReference } from './reference';
import type { RegistrySourceOptions } from './registry';

/** How to open an image from anywhere: what every source understands, and what only registries do. */
export interface OpenImageOptions extends OpenOptions, RegistrySourceOptions {}

/** Each source is loaded when it is used: reading a file needs no registry code. */
const sources = new Map<string, (options: OpenImageOptions) => Promise<LayerSource>>([
  ['docker-archive', async () => (await import('./docker-archive')).dockerArchive],
  ['oci-archive', async () => (await import('./oci-layout/archive')).ociArchive],
  ['oci', async () => (await import('./oci-layout')).ociLayout],
  ['dir', async () => (await import('./directory')).directory],
  ['registry', async (options) => (await import('./registry')).registrySource(options)],
]);

/**
 * Opens the image that `reference` names: by its prefix (`docker-archive:`, `oci-archive:`, `oci:`, `dir:`,
 * `registry:`), else a file or directory of that name, else in a registry. Throws `ClarionError` with a remedy.
 */
export async function openImage(reference: string, options: OpenImageOptions = {}): Promise<OpenedImage> {
  const colon = reference.indexOf(':');
  const prefix = reference.slice(0, Math.max(colon, 0));
  const rest = reference.slice(colon + 1);
  if (prefix === 'sbom') {
    throw new ClarionError('unsupported', 'SBOM files cannot be read yet', {
      remedy: 'name the image, or an archive or directory of it',
    });
  }
  const named = sources.get(prefix);
  if (named !== undefined) {
    if (rest === '') throw new ClarionError('invalid-input', `Nothing follows the prefix ${prefix}:`);
    return (await named(options)).open(rest, options);
  }
  const kind = await sourceOf(reference);
  const source = await sources.get(kind)?.(options);
  if (source === undefined) throw new TypeError(`There is no source ${kind}`);
  return source.open(reference, options);
}

/** Which source a reference without prefix is for. Throws `not-found` for what is plainly a path. */
async function sourceOf(reference: string): Promise<string> {
  const stats = await statOf(reference);
  if (stats?.isDirectory() === true) {
    const { isLayoutDirectory, isSkopeoDirectory } = await import('./oci-layout');
    return (await isLayoutDirectory(reference)) || (await isSkopeoDirectory(reference)) ? 'oci' : 'dir';
  }
  if (stats !== undefined) return 'docker-archive';
  if (looksLikePath(reference)) {
    throw new ClarionError('not-found', `${reference} does not exist`, { remedy: 'check the path' });
  }
  return 'registry';
}

/** What no one would call an image: rooted or dotted paths, and archives by their suffix that are no references. */
function looksLikePath(reference: string): boolean {
  if (/^(?:\/|\.\.?\/|~)/.test(reference)) return true;
  return (
    /\.(?:tar|tgz|gz|zst|xz|bz2)$/i.test(reference) ||
    (parseReference(reference) === undefined && reference.includes('/'))
  );
}
