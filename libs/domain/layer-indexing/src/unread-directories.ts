import { compileGlob } from '@clarion/layer-archive';
import type { LayerStructure, WorkBudget } from '@clarion/model';
import { type GlobRest, sampleName } from './directory-globs';
import { unpackNames } from './entry-names';
import type { UnresolvedPath } from './filtered-files';
import type { CollectFor } from './layer-filters';
import { type LayerRecord, noteOnce } from './layer-record';
import { mayExist } from './relevant-paths';

/** Limits of one layer: real ones have a few such links, to directories with some hundred files. */
const most = { links: 100, files: 10_000 } as const;

/** A directory with files that are recorded only by another name of it. */
interface UnreadDirectory {
  /** Its real path with a slash. */
  readonly start: string;
  readonly matches: (name: string) => boolean;
}

/** A file below the target of a link, and the name that it has by the link. */
export interface FileBelowLink {
  readonly target: string;
  readonly path: string;
}

/**
 * The files of a layer that are not recorded under their own path and that a link of the layer to a directory above
 * them gives a filtered name: `x/specifications/a.gemspec` where `x/specifications` is a link. Empty where the layer
 * keeps no names. `tracked` are those that were found before.
 */
export function filesBelowLinks(
  record: LayerRecord,
  { byName, unrecorded }: CollectFor,
  tracked: ReadonlyMap<string, number>,
): readonly FileBelowLink[] {
  const directories: (UnreadDirectory & { readonly link: string })[] = [];
  for (const [link, target] of record.symlinks) {
    for (const rest of unrecorded.matchLink(link, target).values()) {
      const end = record.budget.spend(1) ? record.links.resolve(link) : undefined;
      if (end === undefined || !mayExist(sampleName(end, rest), [rest.detector], byName)) continue;
      if (directories.length < most.links) directories.push({ ...unreadDirectory(end, rest), link });
      else
        noteOnce(
          record,
          `The layer has more than ${most.links} links to directories of other names: some are not read`,
        );
    }
  }
  const found: FileBelowLink[] = [];
  const take = (name: string): boolean => {
    for (const one of directories) {
      if (!record.budget.spend(1)) return false;
      if (!isBelow(one, name)) continue;
      if (found.length >= most.files) {
        noteOnce(record, `Links give more than ${most.files} files other names: some are not read`);
        return false;
      }
      found.push({ target: name, path: `${one.link}/${name.slice(one.start.length)}` });
    }
    return true;
  };
  if (directories.length === 0 || record.names === undefined) return found;
  for (const name of tracked.keys()) take(name);
  unpackNames(record.names.packed(), ({ name }) => take(name));
  return found;
}

function unreadDirectory(directory: string, { components }: GlobRest): UnreadDirectory {
  return { start: directory === '' ? '' : `${directory}/`, matches: compileGlob(components.join('/')) };
}

function isBelow({ start, matches }: UnreadDirectory, name: string): boolean {
  return name.startsWith(start) && !name.endsWith('/') && matches(name.slice(start.length));
}

/**
 * Of the links to directories where files may not be recorded, and to files that may exist, those where the names of a
 * layer have one that was not read, and all where a layer keeps no names.
 */
export function withUnreadFiles(
  lost: readonly UnresolvedPath[],
  layers: Iterable<Pick<LayerStructure, 'names'>>,
  budget: WorkBudget,
): readonly UnresolvedPath[] {
  const asked = lost.flatMap((one) =>
    (one.below?.rests ?? []).map((rest) => ({ one, ...unreadDirectory(one.below?.directory ?? '', rest) })),
  );
  const byFile = new Map<string, UnresolvedPath[]>();
  for (const one of lost) if (one.file !== undefined) byFile.set(one.file, [...(byFile.get(one.file) ?? []), one]);
  if (asked.length + byFile.size === 0) return lost;
  const confirmed = new Set<UnresolvedPath>();
  for (const { names } of layers) {
    if (names === undefined) return lost;
    unpackNames(names, ({ name }) => {
      if (!budget.spend(1)) return false;
      for (const one of byFile.get(name) ?? []) confirmed.add(one);
      for (const directory of asked) {
        if (!budget.spend(1)) return false;
        if (isBelow(directory, name)) confirmed.add(directory.one);
      }
      return true;
    });
  }
  return budget.spend(0) ? lost.filter((one) => (one.below ?? one.file) === undefined || confirmed.has(one)) : lost;
}
