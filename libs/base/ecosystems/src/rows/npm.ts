import type { Ecosystem, FixedPackage } from '../ecosystem';
import { directoryBefore } from '../directory-before';
import { lowerCase } from '../lower-case';

/** The project of a cache of Yarn or a store of pnpm, the package around a nested one, or the folder of the package. */
const installed = [
  /(?:^|\/)\.yarn\/(?:cache|unplugged)\//,
  /(?:^|\/)node_modules\/\.pnpm\//,
  /(?<=\/node_modules\/[^/]+(?:\/[^/]+)?)\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/,
  /\/package\.json$/,
];

/** A package that was installed for the whole system (`npm install --global`), with the packages that it brings. */
const insideGlobal = /^((?:.*?\/)?lib\/node_modules)\/((?:@[^/]+\/)?[^/]+)\/.*\/package\.json$/;

function installedIn(path: string): string {
  const pattern = installed.find((one) => one.test(path));
  return pattern === undefined ? path : directoryBefore(path, pattern);
}

function remedyInside({ name, version, path }: FixedPackage): string | undefined {
  const [, directory, outer] = insideGlobal.exec(path) ?? [];
  if (directory === undefined || outer === undefined) return undefined;
  return `upgrade ${outer} in ${directory} to a version with ${name} ${version}`;
}

/** Packages of Node: `name` or `@scope/name`. */
export const npm: Ecosystem = {
  type: 'npm',
  namespace: 'npm',
  versionScheme: 'npm',
  osv: { name: 'npm', downloaded: true },
  otherNames: ['node'],
  // Only some old packages have capital letters.
  purlName: lowerCase,
  installedIn,
  remedyInside,
  readBy: [
    { detector: 'node', signs: ['**/node_modules/*/package.json', '**/node_modules/@*/*/package.json'] },
    // Packages of Yarn are zip files beside it.
    { detector: 'yarn-pnp', signs: ['**/.pnp.cjs', '**/.pnp.js'] },
  ],
  signs: ['**/bun.lockb', '**/deno.lock'],
  lockFiles: [
    ...['**/package-lock.json', '**/npm-shrinkwrap.json'],
    ...['**/pnpm-lock.yaml', '**/yarn.lock', '**/bun.lock'],
  ],
  manifests: ['**/package.json'],
  workspaceLocks: ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'],
  // Node searches the directories around a module for `node_modules`.
  installedBelow: /^(?<project>(?:.*?\/)?)(?:node_modules|\.yarn)\//,
};
