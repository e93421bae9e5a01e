import type { FileFilterMatcher } from '@clarion/layer-archive';
import {
  createWorkBudget,
  type LayerEntry,
  type LayerStructure,
  type Problem,
  type WorkBudget,
  workLimits,
} from '@clarion/model';
import { SignCollector } from './sign-collector';
import { EntryNames } from './entry-names';
import type { LayerFilters } from './layer-filters';
import { LayerLinks } from './layer-links';
import { splitPath } from './split-path';
import { PackageFilesCollector } from './package-files';
import { leadsSomewhere } from './relevant-paths';
import type { LayerFile } from './layer-file';

/** The record of a layer while it is read. Everything in it is bounded, whatever the layer contains. */
export interface LayerRecord {
  /** The filters by name. */
  readonly matcher: FileFilterMatcher;
  readonly byContent: FileFilterMatcher | undefined;
  /** Names of the entries that no other part contains; only where there are filters by content. */
  readonly names: EntryNames | undefined;
  readonly whiteouts: Set<string>;
  readonly opaques: Set<string>;
  readonly symlinks: Map<string, string>;
  /** The same symbolic links, to follow while the layer is read. */
  readonly links: LayerLinks;
  /** Hard links to names that the layer did not have at that moment, if they were requested. */
  readonly lowerLinks: Map<string, string>;
  /** Files by name; several names may refer to one file. After links are settled, one name of each is left. */
  readonly files: Map<string, LayerFile>;
  /** Other names of a file, and the one that is left; filled when links are settled. */
  readonly hardlinks: Map<string, string>;
  /**
   * Last components of tracked names that other entries have as well: through a link of a lower layer, they may be at
   * the same place.
   */
  readonly sharedNames: Set<string>;
  readonly obstacles: Set<string>;
  readonly directories: Set<string>;
  /** Directories that contain recorded entries, so that replacing one is noticed cheaply. */
  readonly ancestors: Set<string>;
  readonly problems: Problem[];
  /** The budget of all work on the record. */
  readonly budget: WorkBudget;
  /** Characters of the paths and link targets that were kept. */
  textLength: number;
  readonly signs: SignCollector;
  readonly packageFiles: PackageFilesCollector;
  /** How often a file or link replaced a directory of this layer: each time costs a search. */
  replacements: number;
}

/** The parts of a record that store entries by path. */
export type RecordPart = 'whiteouts' | 'opaques' | 'symlinks' | 'lowerLinks' | 'files' | 'obstacles' | 'directories';

/**
 * Limits for entries of one part: with any name, and with names that lead to filtered files. Directories are those around
 * such files, and each package of a language has one or two of its own.
 */
const caps = { anyName: 50_000, filteredNames: 100_000, directories: 200_000 } as const;
/** Limit for all paths and targets together: a real layer has a tenth of this. */
const maxTextLength = 32 * 1024 * 1024;
const maxReplacements = 100;
const maxProblems = 1000;

/** One entry of a tar is in at most one of these parts. */
const entryParts = ['symlinks', 'lowerLinks', 'files', 'obstacles', 'directories'] as const satisfies RecordPart[];

export function emptyRecord(
  { byName: matcher, byContent }: LayerFilters,
  budget = createWorkBudget('What is recorded of the layer', workLimits.layer),
): LayerRecord {
  const record: LayerRecord = {
    matcher,
    byContent,
    names: byContent === undefined ? undefined : new EntryNames(),
    whiteouts: new Set(),
    opaques: new Set(),
    symlinks: new Map(),
    links: new LayerLinks(budget),
    lowerLinks: new Map(),
    files: new Map(),
    hardlinks: new Map(),
    sharedNames: new Set(),
    obstacles: new Set(),
    directories: new Set(),
    ancestors: new Set(),
    problems: [],
    budget,
    textLength: 0,
    signs: new SignCollector((path) => keepsText(record, path)),
    packageFiles: new PackageFilesCollector((problem) => {
      note(record, problem);
    }),
    replacements: 0,
  };
  return record;
}

export function structureOf(record: LayerRecord): LayerStructure {
  return {
    whiteouts: [...record.whiteouts],
    opaques: [...record.opaques],
    symlinks: [...record.symlinks],
    hardlinks: [...record.hardlinks],
    ...(record.lowerLinks.size === 0 ? {} : { lowerLinks: [...record.lowerLinks] }),
    // In this order, composing passes by those that nothing else in an image touches.
    files: [...record.files.keys()].sort(),
    obstacles: [...record.obstacles],
    directories: [...record.directories].sort(),
    ...(record.names === undefined ? {} : { names: record.names.packed() }),
  };
}

/** Keeps the name of an entry that no other part of the record contains; that of a directory ends in `/`. */
export function keepName(record: LayerRecord, name: string): void {
  if (record.names?.add(name) !== false) return;
  noteOnce(record, 'The layer has too many names: files below that a part of them replaces count as present');
}

/** Problems of the entries of the layer, and whether recording them was cut short. */
export function problemsOf({ problems, budget }: LayerRecord): readonly Problem[] {
  const exceeded = budget.problem();
  return exceeded === undefined ? problems : [...problems, exceeded];
}

/** What is kept of an entry; `link` is the target of one. */
type KeptEntry = Pick<LayerEntry, 'path'> & Partial<Pick<LayerEntry, 'link'>>;

/** Drops the contents and parts of files, which are no longer needed. */
export function dropContents({ files }: LayerRecord): void {
  for (const file of files.values()) {
    delete file.content;
    delete file.excerpts;
  }
}

/** Returns whether `part` has room for an entry, and records once that it has not. */
export function hasRoom(record: LayerRecord, part: RecordPart, { path, link = '' }: KeptEntry): boolean {
  const { size } = record[part];
  const length = path.length + link.length;
  if (!hasRoomForText(record, length)) return false;
  const ofAnyName = part === 'directories' ? caps.directories : caps.anyName;
  const isFiltered = size >= ofAnyName && leadsSomewhere(path, record.matcher);
  const most = isFiltered ? Math.max(ofAnyName, caps.filteredNames) : ofAnyName;
  if (size < most) {
    record.textLength += length;
    noteAncestors(record, path);
    return true;
  }
  const what = part === 'lowerLinks' ? 'hard links' : part;
  noteOnce(record, `The layer has more than ${most} ${what}: some are not taken into account`);
  return false;
}

function hasRoomForText(record: LayerRecord, length: number): boolean {
  if (record.textLength + length > maxTextLength) {
    noteOnce(
      record,
      `The names and links of the layer are longer than ${maxTextLength} characters: some are not taken into account`,
    );
    return false;
  }
  return record.budget.spend(1);
}

function keepsText(record: LayerRecord, path: string): boolean {
  if (!hasRoomForText(record, path.length)) return false;
  record.textLength += path.length;
  noteAncestors(record, path);
  return true;
}

/** Records a limit that is reached. */
export function noteOnce(record: LayerRecord, message: string): void {
  if (!record.problems.some((problem) => problem.message === message)) {
    note(record, { code: 'limit-reached', message });
  }
}

export function note(record: LayerRecord, problem: Problem): void {
  if (record.problems.length < maxProblems) {
    record.problems.push(problem);
  } else if (record.problems.length === maxProblems) {
    record.problems.push({ code: 'limit-reached', message: `The layer has more than ${maxProblems} problems` });
  }
}

/** Records why a file could not be read, so that every detector that needs it reports the same single problem. */
export function markUnreadable({ files }: LayerRecord, problem: Problem): void {
  const file = files.get(problem.path ?? '');
  if (file !== undefined) file.unreadable = problem;
}

/** Removes an earlier entry of this name: the last one in a tar wins. Returns whether one existed. */
export function forget(record: LayerRecord, path: string): boolean {
  let found = false;
  record.signs.forget(path);
  for (const part of entryParts) {
    if (!record[part].delete(path)) continue;
    if (part === 'symlinks') record.links.remove(path);
    found = true;
  }
  return found;
}

/** Removes earlier entries below `path`, which is no longer a directory. */
export function forgetBelow(record: LayerRecord, path: string): void {
  if (!record.ancestors.delete(path)) {
    return;
  }
  record.replacements += 1;
  if (record.replacements > maxReplacements) {
    noteOnce(record, `More than ${maxReplacements} entries replace directories of their own layer`);
    return;
  }
  const below = `${path}/`;
  for (const part of [...entryParts, 'whiteouts', 'opaques'] as const) {
    for (const key of record[part].keys()) {
      if (!record.budget.spend(1)) return;
      if (key.startsWith(below)) {
        record[part].delete(key);
        if (part === 'symlinks') record.links.remove(key);
      }
    }
  }
  for (const key of record.signs.paths()) {
    if (!record.budget.spend(1)) return;
    if (key.startsWith(below)) record.signs.forget(key);
  }
}

const charactersOfStep = 64;

function noteAncestors(record: LayerRecord, path: string): void {
  for (let [parent] = splitPath(path); parent !== '' && !record.ancestors.has(parent); [parent] = splitPath(parent)) {
    record.ancestors.add(parent);
    // Adding it reads the whole path.
    if (!record.budget.spend(1 + parent.length / charactersOfStep)) return;
  }
}
