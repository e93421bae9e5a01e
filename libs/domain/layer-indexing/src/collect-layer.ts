import type { FileFilterMatcher } from '@clarion/layer-archive';
import type { LayerEntry, LayerVisitor, WorkBudget } from '@clarion/model';
import { pathDetectors } from './file-selection';
import { type FoundByName, isOtherName, keepHardLink, keepSymlink, lookUp, targetOf } from './hard-links';
import { LayerContents } from './layer-contents';
import { type CollectFor, wantedBy } from './layer-filters';
import { maxDepth } from './layer-links';
import {
  emptyRecord,
  forget,
  forgetBelow,
  hasRoom,
  keepName,
  type LayerRecord,
  markUnreadable,
  note,
} from './layer-record';
import { directoryNames, leadsSomewhere } from './relevant-paths';
import { splitPath } from './split-path';
import { parseWhiteoutName } from './whiteout-name';

export interface LayerCollector {
  readonly visitor: LayerVisitor;
  readonly record: LayerRecord;
}

/** A directory entry that contains the entries after it. When one is kept, all above it are kept. */
interface OpenDirectory {
  readonly path: string;
  kept: boolean;
}

export interface CollectOptions {
  /** Names that match no file filter but that links lead to, each with the largest size limit of its file. */
  readonly tracked?: ReadonlyMap<string, number>;
  readonly budget?: WorkBudget;
}

/**
 * Makes a visitor that records, in one pass and bounded memory, what is needed to compose images and to run
 * detectors.
 */
export function collectLayer(collectFor: CollectFor, options: CollectOptions = {}): LayerCollector {
  const { tracked = new Map<string, number>(), budget } = options;
  const { byName } = collectFor;
  const record = emptyRecord(collectFor, budget);
  const names = directoryNames(byName);
  const trackedNames = new Set([...tracked.keys()].map((path) => splitPath(path)[1]));
  const open: OpenDirectory[] = [];
  const contents = new LayerContents(record, { collectFor, tracked });
  const visitor: LayerVisitor = {
    entry(written) {
      contents.next();
      if (isNothingThere(record, written, open)) return undefined;
      const entry = located(record, written);
      if (entry.type === 'directory') {
        enterDirectory(record, entry.path, { open, names });
        return undefined;
      }
      // Before the name is forgotten: a link to itself stays the file that it was.
      let found = entry.type === 'hardlink' ? lookUp(record, entry.link) : undefined;
      const isProgram = found !== undefined && isLinkToProgram(record, entry);
      // By another name, through a link of a lower layer, it may be a link to itself, and to what is removed here.
      if (forget(record, entry.path) && isPerhapsItself(entry.path, found)) found = { kind: 'unknown' };
      forgetBelow(record, entry.path);
      const asked = contents.askedOf(entry, { written, isProgram });
      const ids = wantedBy(byName, entry.path);
      const wanted = ids.length > 0 || tracked.has(entry.path);
      if (wanted) keepDirectories(record, entry.path, open);
      else if (entry.type !== 'symlink') keepName(record, entry.path);
      noteSharedName(record, entry.path, { tracked, trackedNames });
      if (found !== undefined) {
        // What other filters select is selected by its own path: a link to anything else is not followed.
        const followed =
          tracked.has(entry.path) || pathDetectors(byName, ids).length > 0 || isSelectedItself(byName, ids, found);
        found = targetOf(record, entry, { found, wanted, followed });
      }
      if (!wanted || entry.type !== 'file') otherEntry(record, entry, { wanted, names, found });
      return entry.type === 'file' ? contents.begin(entry, { ids, wanted, asked, written }) : asked;
    },
    head: (entry, bytes) => contents.head(entry, bytes),
    opened: (entry, source, check) => contents.opened(entry, source, check),
    content(entry, content) {
      contents.content(entry, content);
    },
    oversized(entry) {
      contents.oversized(entry);
    },
    problem(problem) {
      markUnreadable(record, problem);
    },
  };
  return { visitor, record };
}

/**
 * The entry under the current path of its directory: an earlier entry may have replaced that by a link. It keeps the
 * written name where the current one matches fewer file filters, and where this layer alone cannot decide.
 */
function located(record: LayerRecord, entry: LayerEntry): LayerEntry {
  const { matcher, links } = record;
  const path = links.locate(entry.path) ?? entry.path;
  if (path === entry.path) return entry;
  const known = wantedBy(matcher, path);
  return wantedBy(matcher, entry.path).every((id) => known.includes(id)) ? { ...entry, path } : entry;
}

/** Whether a file of a lower layer is selected under its own path for any of these detectors. */
function isSelectedItself(byName: FileFilterMatcher, ids: readonly string[], found: FoundByName): boolean {
  if (found.kind !== 'elsewhere') return false;
  const own = wantedBy(byName, found.path);
  return ids.some((id) => own.includes(id));
}

function isLinkToProgram({ links, signs }: LayerRecord, { link }: LayerEntry): boolean {
  return signs.hasProgram(links.locate(link) ?? link);
}

function isPerhapsItself(path: string, found: FoundByName | undefined): boolean {
  return found?.kind === 'elsewhere' && splitPath(found.path)[1] === splitPath(path)[1];
}

interface TrackedNames {
  readonly tracked: ReadonlyMap<string, number>;
  /** Their last components. */
  readonly trackedNames: ReadonlySet<string>;
}

function noteSharedName({ sharedNames }: LayerRecord, path: string, { tracked, trackedNames }: TrackedNames): void {
  if (trackedNames.size === 0 || tracked.has(path)) return;
  const name = splitPath(path)[1];
  if (trackedNames.has(name)) sharedNames.add(name);
}

/** Whether nothing exists at the path of an entry, or nothing relevant. */
function isNothingThere(record: LayerRecord, entry: LayerEntry, open: OpenDirectory[]): boolean {
  if (entry.path === '' || !record.budget.spend(1) || isTooDeep(record, entry)) return true;
  return whiteoutEntry(record, entry, open);
}

/** Nothing deeper is resolved when images are composed. */
function isTooDeep(record: LayerRecord, { path }: LayerEntry): boolean {
  if (path.length <= 2 * maxDepth || path.split('/').length <= maxDepth) return false;
  note(record, {
    code: 'limit-reached',
    message: `A path is deeper than ${maxDepth} directories: ${path.slice(0, 100)}…`,
  });
  return true;
}

function whiteoutEntry(record: LayerRecord, entry: LayerEntry, open: OpenDirectory[]): boolean {
  if (entry.type === 'character-device' && entry.nullDevice) {
    forget(record, entry.path);
    forgetBelow(record, entry.path);
    keepWhiteout(record, 'whiteouts', { path: entry.path, open });
    return true;
  }
  const name = parseWhiteoutName(entry.path);
  if (name?.kind === 'malformed') {
    note(record, { code: 'bad-archive-entry', path: entry.path, message: `${entry.path} is a whiteout of no name` });
  } else if (name?.kind === 'whiteout') {
    keepWhiteout(record, 'whiteouts', { path: name.path, open });
  } else if (name?.kind === 'opaque') {
    keepWhiteout(record, 'opaques', { path: name.path, open });
  }
  return name !== undefined;
}

function keepWhiteout(
  record: LayerRecord,
  part: 'whiteouts' | 'opaques',
  { path, open }: { readonly path: string; readonly open: OpenDirectory[] },
): void {
  if (hasRoom(record, part, { path })) {
    record[part].add(path);
    keepDirectories(record, path === '' ? '' : `${path}/`, open);
  }
}

function enterDirectory(
  record: LayerRecord,
  path: string,
  { open, names }: { readonly open: OpenDirectory[]; readonly names: ReadonlySet<string> },
): void {
  leaveOthers(open, path);
  open.push({ path, kept: false });
  keepName(record, `${path}/`);
  directoryEntry(record, path, names);
}

/**
 * A directory entry replaces a link or file of a lower layer. Only relevant ones are kept: those with names that lead
 * to filtered files, and (`keepDirectories`) those around recorded entries.
 */
function directoryEntry(record: LayerRecord, path: string, names: ReadonlySet<string>): void {
  const replaced = forget(record, path);
  if (replaced || names.has(splitPath(path)[1]) || leadsSomewhere(path, record.matcher)) {
    keepDirectory(record, path);
  }
}

/** Keeps the directory entries above `path`: tools write a directory before its contents. */
function keepDirectories(record: LayerRecord, path: string, open: OpenDirectory[]): void {
  leaveOthers(open, path);
  for (let index = open.length - 1; index >= 0; index -= 1) {
    const directory = open[index];
    if (directory === undefined || directory.kept) {
      return;
    }
    directory.kept = true;
    keepDirectory(record, directory.path);
  }
}

function leaveOthers(open: OpenDirectory[], path: string): void {
  while (open.length > 0 && !path.startsWith(`${open.at(-1)?.path ?? ''}/`)) {
    open.pop();
  }
}

function keepDirectory(record: LayerRecord, path: string): void {
  if (!record.directories.has(path) && hasRoom(record, 'directories', { path })) {
    record.directories.add(path);
  }
}

interface OtherEntry {
  readonly wanted: boolean;
  readonly names: ReadonlySet<string>;
  /** The target of a hard link. */
  readonly found: FoundByName | undefined;
}

function otherEntry(record: LayerRecord, entry: LayerEntry, { wanted, names, found }: OtherEntry): void {
  const { path, type } = entry;
  if (type === 'symlink') {
    keepSymlink(record, entry);
  } else if (found !== undefined && (wanted || isOtherName(record, path, found))) {
    keepHardLink(record, path, found);
  } else if (wanted || !path.includes('/') || names.has(splitPath(path)[1])) {
    if (hasRoom(record, 'obstacles', entry)) {
      record.obstacles.add(path);
    }
  }
}
