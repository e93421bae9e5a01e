import type { Ecosystem } from '../ecosystem';

/** Packages of Node: `name` or `@scope/name`. */
export const npm: Ecosystem = {
  type: 'npm',
  namespace: 'npm',
  versionScheme: 'npm',
  osv: { name: 'npm', downloaded: true },
  otherNames: ['node'],
  purlName: (name) => name,
};
