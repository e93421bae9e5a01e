import type { Ecosystem } from '../ecosystem';

export const julia: Ecosystem = {
  type: 'julia',
  namespace: 'julia',
  versionScheme: 'semver',
  osv: { name: 'Julia' },
};
