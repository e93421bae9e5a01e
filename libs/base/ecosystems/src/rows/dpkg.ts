import type { Ecosystem } from '../ecosystem';

export const dpkg: Ecosystem = {
  type: 'dpkg',
  purlType: 'deb',
  versionScheme: 'dpkg',
  names: /^[a-z0-9][a-z0-9+._-]*$/,
  sourceIsNameWhenAbsent: true,
};
