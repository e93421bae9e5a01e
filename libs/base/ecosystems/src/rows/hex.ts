import type { Ecosystem } from '../ecosystem';

/** Packages of Erlang and Elixir. */
export const hex: Ecosystem = {
  type: 'hex',
  namespace: 'hex',
  versionScheme: 'hex',
  osv: { name: 'Hex' },
  lockFiles: ['**/mix.lock'],
};
