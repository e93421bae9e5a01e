import type { WorkBudget } from '@clarion/model';

/** The values of some keys in a Java properties file. The last value of a key counts. */
export function readProperties<Key extends string>(
  content: Uint8Array,
  keys: readonly Key[],
  budget: WorkBudget,
): Readonly<Partial<Record<Key, string>>> {
  const wanted: ReadonlySet<string> = new Set(keys);
  const values: Partial<Record<Key, string>> = {};
  for (const line of logicalLines(Buffer.from(content).toString('latin1'), budget)) {
    const { key, value } = keyAndValue(line);
    if (wanted.has(key)) values[key as Key] = value;
  }
  return values;
}

const comment = /^[#!]/;

/** Lines without their indentation, joined where a backslash continues them; no comments. */
function* logicalLines(text: string, budget: WorkBudget): Generator<string> {
  let started: string[] = [];
  for (const natural of linesOf(text, budget)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (started.length === 0 && (line === '' || comment.test(line))) continue;
    if (isContinued(line)) {
      started.push(line.slice(0, -1));
      continue;
    }
    yield [...started, line].join('');
    started = [];
  }
  if (started.length > 0) yield started.join('');
}

function* linesOf(text: string, budget: WorkBudget): Generator<string> {
  const end = /\r\n|\r|\n/g;
  for (let at = 0; at < text.length && budget.spend(1);) {
    end.lastIndex = at;
    const found = end.exec(text);
    yield text.slice(at, found?.index);
    at = found === null ? text.length : end.lastIndex;
  }
}

/** Two backslashes are one character; only an odd number of them at the end continues a line. */
function isContinued(line: string): boolean {
  let backslashes = 0;
  while (line.charAt(line.length - 1 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const keyEnd = /^((?:[^\\=: \t\f]|\\.)*)[ \t\f]*[=:]?[ \t\f]*/s;

function keyAndValue(line: string): { readonly key: string; readonly value: string } {
  const [before = '', key = ''] = keyEnd.exec(line.slice(0, longestKey)) ?? [];
  return { key: unescaped(key), value: unescaped(line.slice(before.length)).trim() };
}

/** Far beyond the keys that are read. */
const longestKey = 1000;

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, other: string | undefined) =>
    code === undefined ? (escapes[other ?? ''] ?? other ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
