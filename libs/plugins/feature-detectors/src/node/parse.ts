import type { WantedFile, WorkBudget } from '@clarion/model';
import { parseNpmPackage } from '../npm-package';
import { nothingParsed, type ParsedPackages } from '../parsed';

/** What is below the tests or examples of a package is what its author tries it with. */
const fixture =
  /(?:^|\/)node_modules\/(?:.+\/)?(?:tests?|__tests__|fixtures?|__fixtures__|examples?)\/(?:.+\/)?node_modules\//;
/** A package that has such a name itself: `node_modules/test/node_modules/a`. */
const packageOfThatName = /node_modules\/(?:@[^/]+\/)?(?:tests?|fixtures?|examples?)\/node_modules\//g;

/** The package of one `package.json`, unless it lies in a fixture of another package. */
export function parsePackage(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const isFixture = fixture.test(file.path.replaceAll(packageOfThatName, 'node_modules/x/node_modules/'));
  return isFixture ? nothingParsed : parseNpmPackage(file, budget);
}
