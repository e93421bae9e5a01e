import type { FileFilterMatcher } from '@clarion/layer-archive';
import {
  type ByteSource,
  type FileFilter,
  headBytes,
  type LayerEntry,
  type LayerVisitor,
  type ReadRequest,
  type WorkBudget,
} from '@clarion/model';
import { ecosystemSigns } from './ecosystem-signs';
import { type FoundByName, isOtherName, keepHardLink, keepSymlink, lookUp, targetOf } from './hard-links';
import {
  emptyRecord,
  forget,
  forgetBelow,
  hasRoom,
  keepName,
  type LayerFile,
  type LayerRecord,
  markUnreadable,
  note,
} from './layer-record';
import { type FileNeeds, pathDetectors, SelectedFiles } from './file-selection';
import type { LayerFilters } from './layer-filters';
import { maxDepth } from './layer-links';
import { splitPath } from './split-path';
import { directoryNames, leadsSomewhere } from './relevant-paths';
import { parseWhiteoutName } from './whiteout-name';

export interface LayerCollector {
  readonly visitor: LayerVisitor;
  readonly record: LayerRecord;
}

/**
 * What is kept of a layer depends on the file filters of all detectors; contents are read only for those in
 * `missing`.
 */
export interface CollectFor extends LayerFilters {
  readonly missing: ReadonlySet<string>;
}

/**
 * All detectors whose globs match `path`, or would if a link led to its directory: which of them get it is known only
 * when the layers are composed.
 */
export function wantedBy(matcher: FileFilterMatcher, path: string): readonly string[] {
  return matcher.matchMoved(path);
}

/** Largest size of a file that one of the detectors `ids` accepts. */
export function largestAccepted(ids: readonly string[], { byName, missing }: CollectFor): number | undefined {
  const sizes = pathDetectors(byName, ids)
    .filter((id) => missing.has(id))
    .map((id) => byName.maxBytes(id));
  return sizes.length === 0 ? undefined : sizes.reduce((a, b) => Math.max(a, b));
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
  const { byName, byContent, missing } = collectFor;
  const record = emptyRecord(collectFor, budget);
  const names = directoryNames(byName);
  const trackedNames = new Set([...tracked.keys()].map((path) => splitPath(path)[1]));
  const open: OpenDirectory[] = [];
  const recognising = missing.has(ecosystemSigns.id);
  /** The file whose content comes next. */
  let current: LayerFile | undefined;
  let limit: number | undefined;
  const selected = new SelectedFiles((file) => {
    keepOpened(record, file);
  });
  const filterOf = (id: string): FileFilter | undefined => byName.filter(id) ?? byContent?.filter(id);
  const beginFile = (entry: LayerEntry, { ids, wanted, asked, written }: BegunEntry): ReadRequest | undefined => {
    const others = byContent === undefined ? none : wantedBy(byContent, entry.path);
    if (!wanted) otherEntry(record, entry, { wanted, names, found: undefined });
    if (!wanted && others.length === 0) return asked;
    limit = larger(largestAccepted(ids, collectFor), tracked.get(entry.path));
    current = wanted ? newFile(record, entry) : { path: entry.path, size: entry.size, byContent: true };
    if (current === undefined) return typeof asked === 'number' ? asked : undefined;
    const needed = [...ids, ...others].filter((id) => missing.has(id));
    return selected.begin(written, current, { filterOf, ids: needed, largest: limit, asked });
  };
  const visitor: LayerVisitor = {
    entry(written) {
      current = undefined;
      selected.end();
      if (isNothingThere(record, written, open)) return undefined;
      const entry = located(record, written);
      if (entry.type === 'directory') {
        enterDirectory(record, entry.path, { open, names });
        return undefined;
      }
      const asked = recognising ? (record.packageFiles.add(written) ?? record.signs.add(written)) : undefined;
      // Before the name is forgotten: a link to itself stays the file that it was.
      let found = entry.type === 'hardlink' ? lookUp(record, entry.link) : undefined;
      // By another name, through a link of a lower layer, it may be a link to itself, and to what is removed here.
      if (forget(record, entry.path) && isPerhapsItself(entry.path, found)) found = { kind: 'unknown' };
      forgetBelow(record, entry.path);
      const ids = wantedBy(byName, entry.path);
      const wanted = ids.length > 0 || tracked.has(entry.path);
      if (wanted) keepDirectories(record, entry.path, open);
      else if (entry.type !== 'symlink') keepName(record, entry.path);
      noteSharedName(record, entry.path, { tracked, trackedNames });
      if (entry.type === 'file') return beginFile(entry, { ids, wanted, asked, written });
      if (found !== undefined) {
        // Links to what other filters select are not followed: what they lead to is selected by its own path.
        const followed = tracked.has(entry.path) || pathDetectors(byName, ids).length > 0;
        found = targetOf(record, entry, { found, wanted, followed });
      }
      otherEntry(record, entry, { wanted, names, found });
      return asked;
    },
    head(entry, bytes) {
      record.signs.head(entry, bytes);
      return selected.head(entry, bytes);
    },
    opened(entry, source, check) {
      recogniseOpened(record, { entry, source, asked: selected.askedOf(entry) });
      return selected.take(entry, source, check);
    },
    content(entry, content) {
      if (recognising) recogniseContent(record, entry, content);
      if (current !== undefined) {
        current.content = content;
        current = undefined;
      }
    },
    oversized(entry) {
      selected.end(entry);
      if (recognising) recogniseUnread(record, entry);
      if (current !== undefined) {
        current.skipped = entry.size > (limit ?? 0) ? 'too large' : 'no room';
        current = undefined;
      }
    },
    problem(problem) {
      markUnreadable(record, problem);
    },
  };
  return { visitor, record };
}

const none: readonly string[] = [];

/** A file whose entry was just read. */
interface BegunEntry {
  /** Detectors whose filters by name match. */
  readonly ids: readonly string[];
  readonly wanted: boolean;
  /** What the signs of ecosystems need. */
  readonly asked: FileNeeds['asked'];
  readonly written: LayerEntry;
}

function recogniseContent(record: LayerRecord, entry: LayerEntry, content: Uint8Array): void {
  record.packageFiles.content(entry, content);
  record.signs.head(entry, content);
}

function recogniseUnread(record: LayerRecord, entry: LayerEntry): void {
  record.packageFiles.unread(entry);
  record.signs.unread(entry);
}

/** Passes what the signs of ecosystems need of an open file on to them. */
function recogniseOpened(
  record: LayerRecord,
  { entry, source, asked }: Pick<FileNeeds, 'asked'> & { readonly entry: LayerEntry; readonly source: ByteSource },
): void {
  if (asked === undefined) return;
  record.signs.head(entry, source.read(0, headBytes));
  if (asked === 'head') return;
  if (source.size <= asked) record.packageFiles.content(entry, Uint8Array.from(source.read(0, source.size)));
  else record.packageFiles.unread(entry);
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

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
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

function newFile(record: LayerRecord, entry: LayerEntry): LayerFile | undefined {
  const { path, size } = entry;
  if (!hasRoom(record, 'files', { path })) return undefined;
  const file: LayerFile = { path, size };
  record.files.set(path, file);
  return file;
}

/** Records a file that a detector may be given for its content. */
function keepOpened(record: LayerRecord, file: LayerFile): void {
  if (file.byContent !== true || record.files.get(file.path) === file) return;
  if (hasRoom(record, 'files', { path: file.path })) record.files.set(file.path, file);
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
