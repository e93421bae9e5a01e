import type { LayerEntry } from '@clarion/model';
import { hasRoom, type LayerRecord } from './layer-record';
import { type LayerFile } from './layer-file';

/** What a name refers to at one moment of reading a layer. */
export type FoundByName =
  | { readonly kind: 'file'; readonly file: LayerFile }
  | { readonly kind: 'symlink'; readonly target: string }
  /** Nothing recorded in this layer: `path` may be a name in lower layers, or of a file that matches no filter. */
  | { readonly kind: 'elsewhere'; readonly path: string }
  /** The name is behind links that this layer alone cannot follow. */
  | { readonly kind: 'unknown' };

/** What `name` refers to now. A hard link is another name of that, whatever happens to the name later in the layer. */
export function lookUp(record: LayerRecord, name: string): FoundByName {
  const path = record.links.locate(name);
  if (path === undefined) return { kind: 'unknown' };
  const file = record.files.get(path);
  if (file !== undefined) return { kind: 'file', file };
  const target = record.symlinks.get(path);
  if (target !== undefined) return { kind: 'symlink', target };
  const lower = record.lowerLinks.get(path);
  if (lower === undefined) return { kind: 'elsewhere', path };
  // Through a link of a lower layer, another entry may have reached the same place under a name that is not recorded.
  const isAsked = (one: string): boolean => record.matcher.matchMoved(one).length > 0;
  return isAsked(lower) && !isAsked(path) ? { kind: 'unknown' } : { kind: 'elsewhere', path: lower };
}

interface TargetOptions {
  readonly found: FoundByName;
  /** Whether the link matches a filter by name. */
  readonly wanted: boolean;
  /** Whether such links are followed. */
  readonly followed: boolean;
}

/** What the hard link `entry` is taken for. */
export function targetOf(
  record: LayerRecord,
  { link }: LayerEntry,
  { found, wanted, followed }: TargetOptions,
): FoundByName {
  if (!wanted) return found;
  // Only the name of the link shows that the file is wanted: what it has to be read for is not known by its own name.
  const isOptional = found.kind === 'file' && found.file.byContent === true;
  const target = isOptional ? { kind: 'elsewhere' as const, path: record.links.locate(link) ?? link } : found;
  return target.kind === 'elsewhere' && !followed ? { kind: 'unknown' } : target;
}

/** Whether a hard link at `path`, which matches no filter by name, is another name of something that is recorded. */
export function isOtherName({ byContent, names }: LayerRecord, path: string, found: FoundByName): boolean {
  if (found.kind === 'symlink') return true;
  if (byContent === undefined || names === undefined || byContent.matchMoved(path).length === 0) return false;
  if (found.kind === 'file') return found.file.opened === true;
  // Tools write links to files of the same layer. That one of a lower layer is mistaken for one loses a second name.
  return found.kind === 'elsewhere' && !names.mayHave(found.path);
}

/** Makes `path` another name of what was found. */
export function keepHardLink(record: LayerRecord, path: string, found: FoundByName): void {
  switch (found.kind) {
    case 'file':
      if (hasRoom(record, 'files', { path })) record.files.set(path, found.file);
      break;
    case 'symlink':
      keepSymlink(record, { path, link: found.target });
      break;
    case 'elsewhere':
      if (hasRoom(record, 'lowerLinks', { path, link: found.path })) record.lowerLinks.set(path, found.path);
      break;
    case 'unknown':
      keepUnknown(record, path);
  }
}

/** Keeps `path` as a name of an unread file, which is a problem for an image that has it. */
export function keepUnknown(record: LayerRecord, path: string): void {
  if (hasRoom(record, 'files', { path })) record.files.set(path, { path, size: 0, skipped: 'unknown' });
}

export function keepSymlink(record: LayerRecord, entry: Pick<LayerEntry, 'path' | 'link'>): void {
  if (!hasRoom(record, 'symlinks', entry)) return;
  record.symlinks.set(entry.path, entry.link);
  record.links.add(entry.path, entry.link);
}
