import { aboveAll, leadingNumbers, withoutLastZeros } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { isDigit, numberKey } from '../sort-key';

// At each position: a word, a zero that leads to a word, the end (as if zeros continued forever), a zero that leads to
// a number, a number.
const word = '\u0001';
const zeroDown = '\u0002';
const end = '\u0003';
const zeroUp = '\u0004';
const number = '\u0005';

/** `1.15.4-x86_64-linux`, `1.6-java`: the platform belongs to the file name and not to the version. */
const platform =
  /-(?:java|jruby|(?:x86|x64|x86_64|i[3-6]86|amd64|arm|arm64|aarch64|armv\d\w*|universal|powerpc|ppc64le|s390x|riscv64)-[a-z].*)$/;

function isZero(segment: string): boolean {
  return /^0+$/.test(segment);
}

/** `Gem::Version#canonical_segments` before trailing zeros are removed: a hyphen marks a pre-release. */
function segmentsOf(version: string): readonly string[] {
  const segments = version.replaceAll('-', '.pre.').match(/\d+|[A-Za-z]+/g) ?? [];
  const firstWord = segments.findIndex((segment) => !isDigit(segment.charCodeAt(0)));
  if (firstWord < 0) return segments;
  let kept = firstWord;
  while (kept > 0 && isZero(segments[kept - 1] ?? '')) kept--;
  return [...segments.slice(0, kept), ...segments.slice(firstWord)];
}

/** Numbers are above words and trailing zeros are ignored. Undefined without any letter or digit. */
export function rubygemsKey(version: string): SortKey | undefined {
  const segments = segmentsOf(version.trim().replace(platform, ''));
  if (segments.length === 0) return undefined;
  const keys: string[] = [end];
  let zero = '';
  for (const segment of segments.toReversed()) {
    if (isZero(segment)) {
      keys.push(zero);
    } else if (isDigit(segment.charCodeAt(0))) {
      keys.push(number + numberKey(segment));
      zero = zeroUp;
    } else {
      keys.push(word + segment);
      zero = zeroDown;
    }
  }
  return keys.reverse().join('');
}

/** Everything with the same leading numbers: zeros among them count upwards only, since words remove them. */
export function rubygemsContinuations(prefix: string): KeySpan<SortKey> | undefined {
  const numbers = leadingNumbers(prefix.trim());
  if (numbers.length === 0) return undefined;
  const open = (some: readonly string[]): SortKey =>
    some.map((digits) => (isZero(digits) ? zeroUp : number + numberKey(digits))).join('');
  const whole = withoutLastZeros(numbers);
  const key = rubygemsKey(whole.join('.')) ?? '';
  return { floor: key.slice(0, -end.length), ceiling: open(numbers) + aboveAll };
}

const shape = /^\s*\d+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*$/;

/** What `Gem::Version.correct?` accepts, except that blank text, another form of 0 there, is not a version. */
export function isRubygemsVersion(version: string): boolean {
  return shape.test(version);
}
