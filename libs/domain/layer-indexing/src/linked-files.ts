import { type CollectFor, largestAccepted, wantedBy } from './layer-filters';
import { keepUnknown } from './hard-links';
import { pathDetectors } from './file-selection';
import type { LayerRecord } from './layer-record';
import type { LayerFile } from './layer-file';
import { splitPath } from './split-path';
import { filesBelowLinks } from './unread-directories';

/** The filtered names of one file of a layer, by detector; the file's own name matches no filter of that detector. */
type NamesByDetector = Map<string, string[]>;

/**
 * Files of a layer that detectors are not given under their own path although filtered names lead to them, and those
 * names. A detector gets such a file once, under the first of them, unless it takes facts from the path itself.
 */
export type LinkedFiles = ReadonlyMap<string, NamesByDetector>;

/** The targets of links of a layer. */
export interface SettledLinks {
  readonly linked: LinkedFiles;
  /**
   * Names whose files have to be read for it, each with the largest size limit: their content was not read under
   * their own name.
   */
  readonly unread: ReadonlyMap<string, number>;
}

/** Settles the links of a layer that was read with `tracked`: each file keeps one name, and the others lead to it. */
export function settleLinks(
  record: LayerRecord,
  collectFor: CollectFor,
  tracked: ReadonlyMap<string, number> = new Map(),
): SettledLinks {
  const linked = new Map<string, NamesByDetector>();
  const naming: NamingContext = { record, collectFor, linked };
  forgetUncertain(record, tracked);
  forgetUnselected(record);
  leaveOneName(naming);
  const { symlinks, links, hardlinks, lowerLinks } = record;
  for (const path of symlinks.keys()) {
    if (!isFiltered(path, collectFor)) continue;
    const end = links.resolve(path);
    if (end !== undefined && !isOfLower(record, end, tracked)) addName(naming, hardlinks.get(end) ?? end, path);
  }
  for (const { path, target } of filesBelowLinks(record, collectFor, tracked)) {
    addName(naming, hardlinks.get(target) ?? target, path);
  }
  for (const [path, target] of lowerLinks) {
    if (wantedBy(record.matcher, target).length > 0 || !isKnown(record, path, tracked)) continue;
    // What the target was at that moment is unknown. The next reading shows if this layer has it; if not, an entry
    // that reaches it by another name, through a link of a lower layer, is not recorded.
    if (!tracked.has(target)) {
      addName(naming, target, path);
      for (const other of namesOf(linked, path)) addName(naming, target, other);
    }
    lowerLinks.delete(path);
    keepUnknown(record, path);
  }
  return { linked, unread: unreadFiles(naming, tracked) };
}

interface NamingContext {
  readonly record: LayerRecord;
  readonly collectFor: CollectFor;
  readonly linked: Map<string, NamesByDetector>;
}

/** A tracked name is unknown where another entry may have reached the same place unseen. */
function forgetUncertain({ files, matcher, sharedNames }: LayerRecord, tracked: ReadonlyMap<string, number>): void {
  for (const path of tracked.keys()) {
    const file =
      sharedNames.has(splitPath(path)[1]) && wantedBy(matcher, path).length === 0 ? files.get(path) : undefined;
    if (file === undefined) continue;
    delete file.content;
    file.skipped = 'unknown';
  }
}

/** Names of files that no detector is given for their content, and that match no filter by name. */
function forgetUnselected({ files }: LayerRecord): void {
  for (const [path, file] of files) if (file.byContent === true && file.opened === false) files.delete(path);
}

/** Of the names of one file, the original one is kept, or the first one if another file has that by now. */
function leaveOneName(naming: NamingContext): void {
  const { files, hardlinks } = naming.record;
  const names = new Map<LayerFile, string>();
  for (const [path, file] of files) {
    const known = names.get(file);
    if (path === file.path || known === undefined || (known !== file.path && path < known)) names.set(file, path);
  }
  if (names.size === files.size) return;
  for (const [path, file] of files) {
    const name = names.get(file);
    if (name === undefined || name === path) continue;
    files.delete(path);
    hardlinks.set(path, name);
  }
  for (const [path, name] of hardlinks) addName(naming, name, path);
}

/** Whether `path` is a hard link to something that only lower layers can have. */
function isOfLower(record: LayerRecord, path: string, tracked: ReadonlyMap<string, number>): boolean {
  const target = record.lowerLinks.get(path);
  return target !== undefined && isKnown(record, target, tracked);
}

/** Whether a file of this name would have been recorded. */
function isKnown({ matcher }: LayerRecord, path: string, tracked: ReadonlyMap<string, number>): boolean {
  return tracked.has(path) || wantedBy(matcher, path).length > 0;
}

function namesOf(linked: LinkedFiles, path: string): readonly string[] {
  return [...new Set([...(linked.get(path)?.values() ?? [])].flat())];
}

function unreadFiles(
  { record, linked, collectFor }: NamingContext,
  tracked: ReadonlyMap<string, number>,
): Map<string, number> {
  const unread = new Map<string, number>();
  for (const [target, names] of linked) {
    const file = record.files.get(target);
    const largest = largestAccepted([...names.keys()], collectFor);
    if (largest === undefined || file?.content !== undefined) continue;
    if (file?.skipped === 'no room' || file?.unreadable !== undefined) continue;
    const isAsked = largest <= (tracked.get(target) ?? -1);
    if (isAsked) continue;
    if (file === undefined ? isFilteredByName(names, collectFor) : file.size <= largest) unread.set(target, largest);
  }
  return unread;
}

/** Records that `path` leads to the file `target`, for each detector whose filters match the one and not the other. */
function addName({ record, collectFor, linked }: NamingContext, target: string, path: string): void {
  const { byName: matcher } = collectFor;
  const ids = target === path || !record.budget.spend(1) ? [] : pathDetectors(matcher, wantedBy(matcher, path));
  const given = record.files.has(target) ? wantedBy(matcher, target) : [];
  for (const id of ids) {
    if (given.includes(id) && !matcher.byPath(id)) continue;
    const names = linked.get(target) ?? new Map<string, string[]>();
    linked.set(target, names);
    const known = names.get(id);
    if (known === undefined) names.set(id, [path]);
    else if (matcher.byPath(id)) known.push(path);
    else if (comesFirst(path, known[0] ?? '', (name) => matcher.match(name).includes(id))) known[0] = path;
  }
}

/** A name that matches a filter itself comes before one that matches only through a link above it. */
function comesFirst(a: string, b: string, isExact: (path: string) => boolean): boolean {
  const exact = isExact(a);
  return exact === isExact(b) ? a < b : exact;
}

function isFiltered(path: string, collectFor: CollectFor): boolean {
  const { byName: matcher, missing } = collectFor;
  return pathDetectors(matcher, matcher.match(path)).some((id) => missing.has(id));
}

/** A file that only links lead to is read for names that match a filter themselves. */
function isFilteredByName(names: NamesByDetector, collectFor: CollectFor): boolean {
  return [...names.values()].flat().some((path) => isFiltered(path, collectFor));
}
