import type { WorkBudget } from '@clarion/model';

/** Attributes of the main section of a manifest by lower-case name. */
export type Manifest = ReadonlyMap<string, string>;

/**
 * The main section of `META-INF/MANIFEST.MF`, up to the first blank line. A line that begins with a blank continues the
 * one before it: lines end after 72 bytes, even within a character. The last of repeated attributes counts.
 */
export function readManifest(content: Uint8Array, budget: WorkBudget): Manifest {
  const text = Buffer.from(content)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const attributes = new Map<string, string>();
  let [name, value] = ['', ''];
  const finish = (): void => {
    if (name !== '') attributes.set(name, Buffer.from(value, 'latin1').toString().trim());
    name = '';
  };
  const end = /\r\n|\r|\n/g;
  for (let at = 0; at < text.length && budget.spend(1);) {
    end.lastIndex = at;
    const found = end.exec(text);
    const line = text.slice(at, found?.index);
    at = found === null ? text.length : end.lastIndex;
    if (line === '') break;
    if (line.startsWith(' ')) {
      value += line.slice(1);
      continue;
    }
    finish();
    const colon = line.indexOf(':');
    [name, value] = colon < 1 ? ['', ''] : [line.slice(0, colon).toLowerCase(), line.slice(colon + 1)];
  }
  finish();
  return attributes;
}
