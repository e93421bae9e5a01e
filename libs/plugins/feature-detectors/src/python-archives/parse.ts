import { partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { nameInPath } from '../python-installed';
import { packageOfMetadata } from '../python-metadata';

/** Where setuptools puts eggs that are made for other machines. */
const built = /(?:^|\/)dist\/[^/]+$/;

/** The package of one archive. Python asks only for its metadata: an archive without is code that nobody can name. */
export function parsePythonArchive(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  if (built.test(path)) return nothingParsed;
  const [metadata] = partsOf(file);
  if (metadata === undefined) return nothingParsed;
  const found = packageOfMetadata(metadata.content, nameInPath(path) ?? nameInPath(metadata.name), budget);
  if (found === undefined) {
    const message = 'The metadata in this Python archive lacks a name or a version';
    return { features: [], problems: [{ code: 'bad-record', path, message }] };
  }
  if (!budget.keep()) return nothingParsed;
  return { features: [{ ...found, path }], problems: [] };
}
