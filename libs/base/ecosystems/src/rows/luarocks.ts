import type { Ecosystem } from '../ecosystem';
import { lowerCase } from '../lower-case';

/** Packages of Lua. */
export const luarocks: Ecosystem = {
  type: 'luarocks',
  namespace: 'luarocks',
  otherNames: ['lua'],
  normalise: lowerCase,
  purlName: lowerCase,
  readBy: [{ detector: 'lua', signs: ['**/rocks-5.*/*/*/*.rockspec', '**/luarocks/rocks/*/*/*.rockspec'] }],
};
