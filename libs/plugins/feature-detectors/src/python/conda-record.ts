import type { WantedFile, WorkBudget } from '@clarion/model';
import { parseJsonMembers } from '../json-object';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';

/** Whether a file is one of those that conda writes for each package of an environment. */
export function isCondaRecord(path: string): boolean {
  return path.endsWith('.json');
}

/** What is read of a record; the lists of files beside it are long. */
const members: ReadonlySet<string> = new Set(['name', 'version', 'license']);

/** The package of conda that a file of `conda-meta` describes. */
export function parseCondaRecord(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { object, problem } = parseJsonMembers(file, members);
  if (object === undefined) return { features: [], problems: [problem] };
  const { name, version, license } = object;
  if (!isUsableText(name) || !isUsableText(version)) {
    const message = 'The record of this conda package lacks a name or a version';
    return { features: [], problems: [{ code: 'bad-record', path: file.path, message }] };
  }
  if (!budget.keep()) return nothingParsed;
  const feature = { type: 'conda', name, version, ...usableTexts({ license }), path: file.path };
  return { features: [feature], problems: [] };
}
