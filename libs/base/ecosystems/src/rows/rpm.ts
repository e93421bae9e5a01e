import type { Ecosystem } from '../ecosystem';

export const rpm: Ecosystem = {
  type: 'rpm',
  versionScheme: 'rpm',
  names: /^[A-Za-z0-9._+%{][A-Za-z0-9._+%{}~^-]*$/,
  recordsRepositories: true,
};
