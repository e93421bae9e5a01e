import type { Ecosystem } from '../ecosystem';

/** Packages of Swift: `github.com/owner/name`. */
export const swift: Ecosystem = {
  type: 'swift',
  namespace: 'swift',
  versionScheme: 'semver',
  osv: { name: 'SwiftURL' },
  purlName: (name) => name,
  purlNeedsNamespace: true,
  readBy: [{ detector: 'swift', signs: ['**/.build/workspace-state.json'] }],
  lockFiles: ['**/Package.resolved'],
};
