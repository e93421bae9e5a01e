const managers = ['npm', 'pnpm', 'yarn'];

/** Globs of the `package.json` of package managers that are unpacked without a `node_modules` around them. */
export const managerPaths: readonly string[] = [
  // The directory of the archive of Yarn 1 (official images of Node), and that of its packages for Debian and RPM.
  ...['**/yarn-v*/package.json', '**/share/yarn/package.json'],
  // Older images of Node, and the installation script of Yarn.
  ...['opt/yarn/package.json', 'root/.yarn/package.json', 'home/*/.yarn/package.json'],
  // The cache of Corepack, wherever COREPACK_HOME is (before version 0.26 without `v1`), and that of Volta.
  ...managers.flatMap((name) => [
    `**/corepack/v1/${name}/*/package.json`,
    `**/corepack/${name}/*/package.json`,
    `**/.volta/tools/image/${name}/*/package.json`,
  ]),
];

const ofYarn =
  /(?:^|\/)(?:(?<!node_modules\/)yarn-v[^/]*|share\/yarn)\/package\.json$|^(?:opt\/yarn|(?:root|home\/[^/]+)\/\.yarn)\/package\.json$/;
const ofCache =
  /(?:^|\/)(?:corepack\/(?:v1\/)?|\.volta\/tools\/image\/)(npm|pnpm|yarn)\/(?!node_modules\/)[^/]+\/package\.json$/;

/** The package manager that the package at `path` must be; undefined where any package may be. */
export function managerAt(path: string): string | undefined {
  return ofYarn.test(path) ? 'yarn' : ofCache.exec(path)?.[1];
}
