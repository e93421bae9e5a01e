import { aboveCodes, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { isDigit, numberKey } from '../sort-key';

// At each position: an unknown word, the stages before a release, the end, a number, a patch level.
const unknownWord = '\u0001';
const end = '\u0006';
const number = '\u0007';

/**
 * PHP's special forms. The first one that a word begins with decides, so `patch` and `post` are `p`; `ALPHA` is not a
 * special form.
 */
const stages = [
  ['dev', '\u0002'],
  ['a', '\u0003'],
  ['b', '\u0004'],
  ['RC', '\u0005'],
  ['rc', '\u0005'],
  ['p', '\u0008'],
] as const;

function partKey(part: string): SortKey {
  if (isDigit(part.charCodeAt(0))) return number + numberKey(part);
  return stages.find(([form]) => part.startsWith(form))?.[1] ?? unknownWord;
}

const branch = /^v?(\d+(?:\.(?:\d+|[xX*])){0,3})[.-]?dev(?:\+\S+)?$/i;
/** What Composer replaces each missing number of a branch with. */
const anyNumber = '9999999';

/** A branch of versions, `1.0.x-dev`, as Composer normalises it: above all numbers that `x` stands for. */
function endOfBranch(version: string): string | undefined {
  const [, numbers = ''] = branch.exec(version) ?? [];
  if (!/[xX*]/.test(numbers)) return undefined;
  const parts = [...numbers.split('.'), 'x', 'x', 'x'].slice(0, 4);
  return `${parts.map((part) => (/\d/.test(part) ? part : anyNumber)).join('.')}-dev`;
}

/**
 * PHP's `version_compare`: parts are split at punctuation and between letters and digits; a leading `v` is ignored.
 * Undefined without any letter or digit.
 */
export function composerKey(version: string): SortKey | undefined {
  const text = version.trim();
  const parts = (endOfBranch(text) ?? text).replace(/^v(?=[\d.])/i, '').match(/\d+|[A-Za-z]+/g);
  return parts === null ? undefined : parts.map(partKey).join('') + end;
}

/** Every part starts with a code. */
export function composerContinuations(prefix: string): KeySpan<SortKey> | undefined {
  const key = composerKey(prefix);
  return key === undefined ? undefined : spanFrom(key.slice(0, -end.length), aboveCodes);
}

const stability = '[._-]?(?:(?:stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?\\d+(?:[.-]\\d+)*)?)?(?:[.-]?dev)?';
const classical = new RegExp(`^v?\\d{1,5}(?:\\.\\d+){0,3}${stability}$`);
const dated = new RegExp(`^v?\\d{4}(?:[.:-]?\\d{2}){1,6}(?:[.:-]?\\d{1,3}){0,2}${stability}$`);

/**
 * What Composer's `VersionParser::normalize` accepts: numbers, dates and `1.x-dev`, but not `dev-branch`, whose place among
 * the numbers nobody knows.
 */
export function isComposerVersion(version: string): boolean {
  const plain = version
    .trim()
    .toLowerCase()
    .replace(/^([^,\s+]+)\+\S+$/, '$1');
  if (/[\s,]/.test(plain)) return false;
  return classical.test(plain) || dated.test(plain) || /^v?\d+(?:\.(?:\d+|[x*])){0,3}[.-]?dev$/.test(plain);
}
