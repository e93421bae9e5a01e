import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/** Locks of Mix (https://hexdocs.pm/mix): an Elixir map with one package on each line. */
export const mixLock: LockFormat = {
  type: 'hex',
  names: ['mix.lock'],
  read(file) {
    let isMap = false;
    let isOpen = false;
    let others = 0;
    for (const line of linesOf(file.text(), file.budget)) {
      const text = line.trim();
      if (text === '') continue;
      isMap ||= text.startsWith('%{');
      isOpen = !text.endsWith('}');
      // Before Elixir 1.4 the first entry and the last one stood on the lines of the brackets.
      const entry = text.replace(/^%\{\s*/, '');
      if (entry === '' || entry === '}') continue;
      const [, key, kind] = /^"([^"]+)":\s*\{:(\w+),/.exec(entry) ?? [];
      const [, name, version] = /^"[^"]+":\s*\{:hex,\s*:"?([^\s",]+)"?,\s*"([^"]*)"/.exec(entry) ?? [];
      if (key === undefined) others += 1;
      else if (kind !== 'hex') file.listVague(key);
      else if (!file.list(name ?? key, version)) return;
    }
    if (!isMap) file.reject('it is no map of Elixir');
    else if (isOpen) file.reject('it ends early');
    else if (others > 0) file.note('bad-record', `${others} lines are not locked packages`);
  },
};
