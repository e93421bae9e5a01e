import type { Ecosystem } from '../ecosystem';

export const apk: Ecosystem = {
  type: 'apk',
  versionScheme: 'apk',
  names: /^[A-Za-z0-9.][A-Za-z0-9+._-]*$/,
  sourceIsNameWhenAbsent: true,
};
