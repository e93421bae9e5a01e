import { comparedName } from '@clarion/ecosystems';
import type { WantedFile } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { decodeLockText } from '../lock-text';
import { fileNamedIn, type Requirement, type RequirementLine, requirementLines } from './requirement-lines';

/**
 * Requirements of pip (https://pip.pypa.io/en/stable/reference/requirements-file-format/): only exact versions, those of
 * constraints included. Files that it includes are read with it, unless they are read themselves, by their names.
 */
export const requirements: LockFormat = {
  type: 'pypi',
  names: ['requirements*.txt', '*requirements.txt', 'requirements/*.txt'],
  read(file) {
    const found: FoundRequirements = { unpinned: new Map(), constraints: new Map() };
    readAll(file, found);
    for (const [name, isListedThere] of found.unpinned) {
      const exact = found.constraints.get(comparedName('pypi', name));
      if (exact !== undefined) file.list(name, exact);
      // A file that is read itself has a problem of its own.
      else if (!isListedThere) file.listVague(name);
    }
  },
};

/** Other files that one file includes, itself or by others. */
const mostIncluded = 100;

/**
 * Names that are kept until all constraints are known, and constraints. Those beyond count as packages without an exact
 * version, which is a problem of the file. Real projects have some hundred.
 */
const mostKept = 20_000;

interface OpenFile {
  readonly file: WantedFile;
  /** Constraints install nothing; neither does what they include. */
  readonly isConstraints: boolean;
  /** Whether the file is read itself. */
  readonly isListedThere: boolean;
}

/** What can only be listed once everything is read: one entry a name, however many lines have it. */
interface FoundRequirements {
  /** Names without an exact version, and whether only files that are read themselves have them. */
  readonly unpinned: Map<string, boolean>;
  /** Exact versions by the names that are compared; the first one counts. */
  readonly constraints: Map<string, string>;
}

/** Reads a file and those that it includes: lists what has an exact version, and keeps the rest in `found`. */
function readAll(lock: LockFile, found: FoundRequirements): void {
  const open: OpenFile[] = [{ file: lock.file, isConstraints: false, isListedThere: false }];
  const seen = new Set<string>([keyOf(lock.file.path, false)]);
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    for (const line of requirementLines(decodeLockText(next.file.content), lock.budget)) {
      if (line.kind !== 'requirement') {
        const included = includedFile(lock, next, { line, seen });
        if (included !== undefined) open.push(included);
      } else if (next.isConstraints) addConstraint(found.constraints, line);
      else if (!addRequirement(lock, found.unpinned, { line, isListedThere: next.isListedThere })) return;
    }
  }
}

/** The file that a line includes, unless it is open already or cannot be read. */
function includedFile(
  lock: LockFile,
  from: OpenFile,
  { line, seen }: { readonly line: Exclude<RequirementLine, Requirement>; readonly seen: Set<string> },
): OpenFile | undefined {
  const path = fileNamedIn(from.file.path, line.path);
  const isConstraints = from.isConstraints || line.kind === 'constraints';
  const key = keyOf(path ?? line.path, isConstraints);
  if (seen.has(key)) return undefined;
  const isTooMany = seen.size > mostIncluded;
  if (!isTooMany) seen.add(key);
  const file = path === undefined || isTooMany ? undefined : lock.fileAt(path);
  if (path === undefined || file === undefined) {
    lock.includesUnread(line.path);
    return undefined;
  }
  return { file, isConstraints, isListedThere: !isConstraints && lock.isReadItself(path) };
}

function keyOf(path: string, isConstraints: boolean): string {
  return `${isConstraints ? 'c' : 'r'} ${path}`;
}

function addConstraint(constraints: Map<string, string>, { name, version }: Requirement): void {
  if (name === undefined || version === undefined || constraints.size >= mostKept) return;
  const key = comparedName('pypi', name);
  if (!constraints.has(key)) constraints.set(key, version);
}

/** False when nothing more can be listed. */
function addRequirement(
  lock: LockFile,
  unpinned: Map<string, boolean>,
  { line, isListedThere }: { readonly line: Requirement } & Pick<OpenFile, 'isListedThere'>,
): boolean {
  const { name, version, text } = line;
  if (name !== undefined && version !== undefined) return isListedThere || lock.list(name, version);
  const isKept = name !== undefined && (unpinned.size < mostKept || unpinned.has(name));
  if (isKept) unpinned.set(name, isListedThere && unpinned.get(name) !== false);
  else if (!isListedThere) lock.listVague(name ?? text);
  return true;
}
