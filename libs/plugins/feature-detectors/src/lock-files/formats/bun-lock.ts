import { isObject } from '@clarion/model';
import type { LockFormat } from '../lock-format';
import { noteVersion } from '../note-version';

/** Locks of Bun in text form (https://bun.com/docs/pm/lockfile): JSON with commas after last elements. */
export const bunLock: LockFormat = {
  type: 'npm',
  names: ['bun.lock'],
  read(file) {
    const lock = file.json(withoutLastCommas);
    if (lock === undefined) return;
    const { packages, lockfileVersion } = lock;
    noteVersion(file, { lockfileVersion }, (version) => version <= 1);
    if (!isObject(packages)) {
      if (packages !== undefined || lockfileVersion === undefined) file.reject('it has no list of packages');
      return;
    }
    for (const [path, entry] of Object.entries(packages)) {
      const [resolved] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
      const at = typeof resolved === 'string' ? resolved.indexOf('@', 1) : -1;
      if (typeof resolved !== 'string' || at < 0) {
        file.list(path, undefined);
        continue;
      }
      const [name, reference] = [resolved.slice(0, at), resolved.slice(at + 1)];
      if (/^(?:workspace|link|file|root):/.test(reference)) continue;
      if (/[:/]/.test(reference)) file.listVague(name);
      else if (!file.list(name, reference)) return;
    }
  },
};

/** JSON without the commas that stand before a closing bracket. */
function withoutLastCommas(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === ',' && /^\s*[\]}]/.test(text.slice(at + 1, at + 200))) {
      parts.push(text.slice(copied, at));
      copied = at + 1;
    }
  }
  return parts.join('') + text.slice(copied);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
