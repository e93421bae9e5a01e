import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/** Locks of Mix (https://hexdocs.pm/mix): an Elixir map with one package on each line. */
export const mixLock: LockFormat = {
  type: 'hex',
  names: ['mix.lock'],
  read(file) {
    let isMap = false;
    for (const line of linesOf(file.text(), file.budget)) {
      if (line.startsWith('%{')) isMap = true;
      const [, key, kind] = /^\s*"([^"]+)":\s*\{:(\w+),/.exec(line) ?? [];
      if (key === undefined) continue;
      const [, name, version] = /^\s*"[^"]+":\s*\{:hex,\s*:"?([^\s",]+)"?,\s*"([^"]*)"/.exec(line) ?? [];
      if (kind !== 'hex') file.listVague(key);
      else if (!file.list(name ?? key, version)) return;
    }
    if (!isMap) file.reject('it is no map of Elixir');
  },
};
