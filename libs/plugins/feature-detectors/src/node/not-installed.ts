import { condaCache } from '../conda-cache';

/**
 * What is below the tests or examples of a package is what its author tries it with: a `node_modules` there, and a directory
 * that a link in one leads to. A package may have such a name itself: `node_modules/test/node_modules/a`.
 */
const fixtures = ['test', 'tests', 'fixture', 'fixtures', 'example', 'examples'].flatMap((name) => [
  `**/node_modules/**/!(node_modules|@*)/${name}/**`,
  `**/node_modules/**/!(node_modules)/@*/${name}/**`,
]);

/** Where packages are not installed by their own path: a link in another `node_modules` may install them. */
export const notInstalled: readonly string[] = [
  ...fixtures,
  '**/node_modules/**/__tests__/**',
  '**/node_modules/**/__fixtures__/**',
  ...condaCache,
];
