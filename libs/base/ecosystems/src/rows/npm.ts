import type { Ecosystem } from '../ecosystem';
import { directoryBefore } from '../directory-before';
import { lowerCase } from '../lower-case';

/** Packages of Node: `name` or `@scope/name`. */
export const npm: Ecosystem = {
  type: 'npm',
  namespace: 'npm',
  versionScheme: 'npm',
  osv: { name: 'npm', downloaded: true },
  otherNames: ['node'],
  // Only some old packages have capital letters.
  purlName: lowerCase,
  installedIn: (path) => directoryBefore(path, /\/package\.json$/),
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
};
