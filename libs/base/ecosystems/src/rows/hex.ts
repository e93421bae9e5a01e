import type { Ecosystem } from '../ecosystem';

/** Packages of Erlang and Elixir. */
export const hex: Ecosystem = {
  type: 'hex',
  namespace: 'hex',
  versionScheme: 'hex',
  osv: { name: 'Hex' },
  otherNames: ['erlang', 'elixir'],
  readBy: [{ detector: 'erlang', signs: ['**/ebin/*.app', '**/hex_metadata.config'] }],
  lockFiles: ['**/mix.lock'],
};
