import type { WantedFile, WorkBudget } from '@clarion/model';
import { isInCondaCache } from '../conda-cache';
import { parseNpmPackage } from '../npm-package';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { managerAt } from './package-managers';

/**
 * What is below the tests or examples of a package is what its author tries it with: a `node_modules` there, and a directory
 * that a link in one leads to.
 */
const fixture = /(?:^|\/)node_modules\/(?:.+\/)?(?:tests?|__tests__|fixtures?|__fixtures__|examples?)\//;
/** A package that has such a name itself: `node_modules/test/node_modules/a`. */
const packageOfThatName = /(?<=node_modules\/(?:@[^/]+\/)?)(?:tests?|fixtures?|examples?)(?=\/)/g;

/**
 * Directories that npm and pnpm move packages to and then forget, and those of other tools: npm shows nothing that
 * begins with a dot. Stores (`.pnpm`, `.store`) repeat node_modules or `package` below their directories.
 */
const leftover = /(?:^|\/)node_modules\/(?:@[^/]+\/)?\.(?:[^/]+-[A-Za-z0-9]{8}|ignored(?:_[^/]+)?)\//;
const noRoot = /(?:^|\/)(?:\.[^/]*|node(?:_modules|js)\/@[^/]+)\/package\.json$/;

/** The package of one `package.json`, unless it lies in a fixture of another package or npm would not show it. */
export function parsePackage(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  const manager = managerAt(path);
  if (manager === undefined && noRoot.test(path)) return nothingParsed;
  if (leftover.test(path) || isInCondaCache(path)) return nothingParsed;
  if (fixture.test(path.replaceAll(packageOfThatName, 'x'))) return nothingParsed;
  const parsed = parseNpmPackage(file, budget);
  // Another package in a directory of such a name is a project.
  return parsed.features.some(({ name }) => manager !== undefined && name !== manager) ? nothingParsed : parsed;
}
