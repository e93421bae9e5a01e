import { aboveAll, spanFrom, withoutLastZeros } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { numberKey } from '../sort-key';

/** The regular expression of PEP 440, appendix B, on trimmed lower-case text. */
const shape = new RegExp(
  '^v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)' +
    '(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\\d*))?' +
    '(?:-(\\d+)|[-_.]?(post|rev|r)[-_.]?(\\d*))?' +
    '(?:[-_.]?(dev)[-_.]?(\\d*))?' +
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
);

// Versions from before PEP 440 are below all others.
const legacy = '\u0001';
const modern = '\u0002';

const endOfList = '\u0001';
const text = '\u0002';
const number = '\u0003';

const devOfRelease = '\u0001';
const stages = new Map([
  ['a', '\u0002'],
  ['b', '\u0003'],
  ['r', '\u0004'],
  ['c', '\u0004'],
  ['p', '\u0004'],
]);
const noStage = '\u0005';

const absentLow = '\u0001';
const present = '\u0002';
const absentHigh = '\u0003';

/** Trailing zeros have no weight. */
function releaseKey(release: string): SortKey {
  return openRelease(withoutLastZeros(release.split('.'))) + endOfList;
}

function openRelease(numbers: readonly string[]): SortKey {
  let key = '';
  for (const digits of numbers) key += number + numberKey(digits);
  return key;
}

function localKey(local: string): SortKey {
  let key = '';
  for (const part of local.split(/[-_.]/)) key += /^\d+$/.test(part) ? number + numberKey(part) : text + part;
  return key + endOfList;
}

/** The key in the parts that may end a version: release, stage, post, dev, local. */
function modernKeys(match: RegExpExecArray): readonly SortKey[] {
  const [, epoch = '', release = '', stage, stageNumber = '', implicitPost, post, postNumber = '', dev] = match;
  const devNumber = match[9] ?? '';
  const local = match[10];
  const hasPost = implicitPost !== undefined || post !== undefined;
  let stageKey = noStage;
  if (stage !== undefined) stageKey = (stages.get(stage.charAt(0)) ?? '') + numberKey(stageNumber);
  else if (!hasPost && dev !== undefined) stageKey = devOfRelease;
  return [
    modern + numberKey(epoch) + releaseKey(release),
    stageKey,
    hasPost ? present + numberKey(implicitPost ?? postNumber) : absentLow,
    dev === undefined ? absentHigh : present + numberKey(devNumber),
    local === undefined ? absentLow : present + localKey(local),
  ];
}

/** Which of the parts a version ends with. */
function lastPart([, , , stage, , implicitPost, post, , dev, , local]: RegExpExecArray): number {
  if (local !== undefined) return 4;
  if (dev !== undefined) return 3;
  if (implicitPost !== undefined || post !== undefined) return 2;
  return stage === undefined ? 0 : 1;
}

/** A number at the end of a local version may become a word, which is below all numbers. */
function openLocal(stem: SortKey, local: string): KeySpan<SortKey> {
  const last = /[^-_.]*$/.exec(local)?.[0] ?? '';
  const asNumber = number + numberKey(last);
  const span = spanFrom(stem);
  return /^\d+$/.test(last) ? { ...span, floor: stem.slice(0, -asNumber.length) + text + last } : span;
}

/** Everything that has the same parts up to the last one of the prefix, which may continue where it is a list. */
export function pep440Continuations(prefix: string): KeySpan<SortKey> | undefined {
  const match = match440(prefix);
  if (match === null) return undefined;
  const [, epoch = '', release = ''] = match;
  const last = lastPart(match);
  const stem = modernKeys(match)
    .slice(0, last + 1)
    .join('');
  if (last === 4) return openLocal(stem.slice(0, -endOfList.length), match[10] ?? '');
  // An omitted number (`1.0.post`) may follow.
  if (last > 0) return spanFrom(/\d$/.test(match[0]) ? stem : stem.slice(0, -numberKey('').length));
  const ceiling = modern + numberKey(epoch) + openRelease(release.split('.')) + aboveAll;
  return { floor: stem.slice(0, -endOfList.length), ceiling };
}

const legacyNames = new Map([
  ['pre', 'c'],
  ['preview', 'c'],
  ['-', 'final-'],
  ['rc', 'c'],
  ['dev', '@'],
]);

/** The order of setuptools before PEP 440 (`LegacyVersion` of packaging 20). */
function legacyKey(version: string): SortKey {
  const parts: string[] = [];
  const zero = number + numberKey('');
  for (const raw of [...(version.match(/\d+|[a-z]+|\.|-|[^\da-z.-]+/g) ?? []), 'final']) {
    const part = legacyNames.get(raw) ?? raw;
    if (part === '.') continue;
    if (/^\d/.test(part)) {
      parts.push(number + numberKey(part));
      continue;
    }
    // A pre-release tag removes the hyphens before it, every word the zeros before it.
    if (part < 'final') while (parts.at(-1) === `${text}final-`) parts.pop();
    while (parts.at(-1) === zero) parts.pop();
    parts.push(text + part);
  }
  return legacy + parts.join('') + endOfList;
}

function match440(version: string): RegExpExecArray | null {
  return shape.exec(version.trim().toLowerCase());
}

/** Valid versions in the order of PEP 440; every other text that is not blank is a legacy version. */
export function pep440Key(version: string): SortKey | undefined {
  const lower = version.trim().toLowerCase();
  if (lower === '') return undefined;
  const match = match440(lower);
  return match === null ? legacyKey(lower) : modernKeys(match).join('');
}

/** A valid version without its local version; any other text as it is. */
export function withoutLocal(version: string): string {
  const plus = version.indexOf('+');
  return plus > 0 && isPep440Version(version) ? version.slice(0, plus) : version;
}

/** What `packaging.version.Version` accepts. */
export function isPep440Version(version: string): boolean {
  return match440(version) !== null;
}
