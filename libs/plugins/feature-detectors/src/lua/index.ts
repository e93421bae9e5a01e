import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseRockspec } from './parse';

/** Rocks that LuaRocks has installed. */
export const lua: Detector = {
  id: 'lua',
  kind: 'feature',
  version: 1,
  title: 'Lua rocks (rockspecs of installed rocks)',
  files: {
    paths: ['**/rocks-5.*/*/*/*.rockspec', '**/luarocks/rocks/*/*/*.rockspec'],
    maxBytes: 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseRockspec(file, budget));
  },
};
