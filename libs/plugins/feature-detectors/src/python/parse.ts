import { problemList } from '@clarion/file-formats';
import type { WantedFile, WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { packageOfMetadata } from '../python-metadata';
import { nameInPath } from '../python-installed';

/**
 * The package that one metadata file describes (Core metadata specifications): `METADATA`, `PKG-INFO` or an `.egg-info`
 * file. What it does not name is taken from the name of its directory.
 */
export function parseMetadata({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  const found = packageOfMetadata(content, nameInPath(path), budget);
  if (found === undefined) {
    const { note, problems } = problemList(path);
    note('bad-record', 'The metadata of this Python package lacks a name or a version');
    return { features: [], problems: problems() };
  }
  if (!budget.keep()) return nothingParsed;
  return { features: [{ ...found, path }], problems: [] };
}
