import { isDigit, numberKey, type SortKey } from '../sort-key';

// At each place: a word without meaning (`dev-feature` starts with one that has), the stages before a release, the
// end, a number, a patch level.
const unknownWord = '\u0001';
const stages = [
  ['dev', '\u0002'],
  ['alpha', '\u0003'],
  ['beta', '\u0004'],
  ['rc', '\u0005'],
] as const;
const wildcardDown = '\u0006';
const end = '\u0007';
const wildcardUp = '\u0008';
const number = '\u0009';
const patch = '\u000a';

const words = new Map<string, string>([
  ...stages,
  ['a', '\u0003'],
  ['b', '\u0004'],
  ['pl', patch],
  ['p', patch],
  ['patch', patch],
]);

function partKey(part: string): SortKey {
  return isDigit(part.charCodeAt(0)) ? number + numberKey(part) : (words.get(part) ?? unknownWord);
}

/**
 * PHP's `version_compare`: parts are split at punctuation and where letters and digits meet; letter case has no
 * weight, `v` in front neither. `#` stands for a number that is not known: it counts by what follows it.
 */
export function composerKey(version: string): SortKey | undefined {
  const trimmed = version
    .trim()
    .toLowerCase()
    .replace(/^v(?=[\d.])/, '');
  const parts = trimmed.match(/\d+|[a-z]+|#/g);
  if (parts === null) return undefined;
  const keys = [end];
  let wildcard = '';
  for (const part of parts.reverse()) {
    const key = part === '#' ? wildcard : partKey(part);
    keys.push(key);
    if (part !== '#') wildcard = key < end ? wildcardDown : wildcardUp;
  }
  return keys.reverse().join('');
}

const stability = '[._-]?(?:(?:stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?\\d+)*)?(?:[.-]?dev)?';
const classical = new RegExp(`^v?\\d{1,5}(?:\\.\\d+){0,3}${stability}$`);
const dated = new RegExp(`^v?\\d{4}(?:[.:-]?\\d{2}){1,6}(?:[.:-]?\\d{1,3}){0,2}${stability}$`);

/** What Composer's `VersionParser::normalize` accepts: numbers, dates, `dev-branch` and `1.x-dev`. */
export function isComposerVersion(version: string): boolean {
  const plain = version
    .trim()
    .toLowerCase()
    .replace(/^([^,\s+]+)\+\S+$/, '$1');
  if (/[\s,]/.test(plain)) return false;
  return (
    classical.test(plain) ||
    dated.test(plain) ||
    /^dev-./.test(plain) ||
    /^v?\d+(?:\.(?:\d+|[x*])){0,3}[.-]?dev$/.test(plain)
  );
}
