import type { WantedFile, WorkBudget } from '@clarion/model';
import { parseNpmPackage } from '../npm-package';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { managerAt } from './package-managers';

/**
 * Directories that npm and pnpm move packages to and then forget, and those of other tools: npm shows nothing that
 * begins with a dot. Stores (`.pnpm`, `.store`) repeat node_modules or `package` below their directories.
 */
const leftover = /(?:^|\/)node_modules\/(?:@[^/]+\/)?\.(?:[^/]+-[A-Za-z0-9]{8}|ignored(?:_[^/]+)?)\//;
const noRoot = /(?:^|\/)(?:\.[^/]*|node(?:_modules|js)\/@[^/]+)\/package\.json$/;

/** The package of one `package.json`, unless npm would not show it. */
export function parsePackage(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  const manager = managerAt(path);
  if (manager === undefined && noRoot.test(path)) return nothingParsed;
  if (leftover.test(path)) return nothingParsed;
  const parsed = parseNpmPackage(file, budget);
  // Another package in a directory of such a name is a project.
  return parsed.features.some(({ name }) => manager !== undefined && name !== manager) ? nothingParsed : parsed;
}
