import { comparedName } from '@clarion/ecosystems';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { fileNamedIn, type Requirement, requirementLines } from './requirement-lines';

/**
 * Requirements of pip (https://pip.pypa.io/en/stable/reference/requirements-file-format/): only exact versions, those of
 * constraints included. Files that it includes are read with it, unless they are read themselves, by their names.
 */
export const requirements: LockFormat = {
  type: 'pypi',
  names: ['requirements*.txt', '*requirements.txt', 'requirements/*.txt'],
  read(file) {
    const { required, constraints } = readAll(file);
    for (const { name, version, text, isListedThere } of required) {
      const exact = version ?? (name === undefined ? undefined : constraints.get(comparedName('pypi', name)));
      // Those of a file that is read itself, except for what only constraints show.
      if (isListedThere && (version !== undefined || exact === undefined)) continue;
      if (exact === undefined) file.listVague(name ?? text);
      else if (!file.list(name, exact)) return;
    }
  },
};

/** Other files that one file includes, itself or by others. */
const mostIncluded = 100;

interface OpenFile {
  readonly path: string;
  readonly text: string;
  /** Constraints install nothing; neither does what they include. */
  readonly isConstraints: boolean;
  readonly isListedThere: boolean;
}

/** A requirement, and whether its file is read itself. */
type FoundRequirement = Requirement & Pick<OpenFile, 'isListedThere'>;

interface AllRequirements {
  readonly required: readonly FoundRequirement[];
  /** Exact versions by the names that are compared; the first one counts. */
  readonly constraints: ReadonlyMap<string, string>;
}

/** The requirements of a file and of those that it includes. */
function readAll(file: LockFile): AllRequirements {
  const required: FoundRequirement[] = [];
  const constraints = new Map<string, string>();
  const open: OpenFile[] = [{ path: file.file.path, text: file.text(), isConstraints: false, isListedThere: false }];
  const seen = new Set<string>([keyOf(file.file.path, false)]);
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { isConstraints, isListedThere } = next;
    for (const line of requirementLines(next.text, file.budget)) {
      if (line.kind === 'requirement') {
        const { name, version } = line;
        if (!isConstraints) required.push({ ...line, isListedThere });
        else if (name !== undefined && version !== undefined)
          addFirst(constraints, comparedName('pypi', name), version);
        continue;
      }
      const path = fileNamedIn(next.path, line.path);
      const included = { path: path ?? line.path, isConstraints: isConstraints || line.kind === 'constraints' };
      const key = keyOf(included.path, included.isConstraints);
      if (seen.has(key)) continue;
      seen.add(key);
      const content = path === undefined || seen.size > mostIncluded + 1 ? undefined : file.textAt(path);
      if (content === undefined) file.includesUnread(line.path);
      else
        open.push({
          ...included,
          text: content,
          isListedThere: !included.isConstraints && file.isReadItself(path ?? ''),
        });
    }
  }
  return { required, constraints };
}

function keyOf(path: string, isConstraints: boolean): string {
  return `${isConstraints ? 'c' : 'r'} ${path}`;
}

function addFirst(map: Map<string, string>, name: string, version: string): void {
  if (!map.has(name)) map.set(name, version);
}
