import { ClarionError, type VersionScheme } from '@clarion/model';
import fc from 'fast-check';
import { describeInvalidText } from './prefix-suite';

/** One line of a `cases.txt`: `A < B`, `A = B` or `A > B`, and for validity `A` alone or `!A`. */
interface Comparison {
  readonly a: string;
  readonly operator: string;
  readonly b: string;
}

interface Cases {
  readonly comparisons: readonly Comparison[];
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

/** Reads the lines; blank ones and those that start with `# ` are comments. */
function parseCases(text: string): Cases {
  const comparisons: Comparison[] = [];
  const valid: string[] = [];
  const invalid: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# ')) continue;
    const [a = '', operator, b = ''] = line.split(' ');
    if (operator !== undefined) comparisons.push({ a, operator, b });
    else if (a.startsWith('!')) invalid.push(a.slice(1));
    else valid.push(a);
  }
  return { comparisons, valid, invalid };
}

/** The sign of a comparison as an operator. */
export function operatorOf(order: number): string {
  return order < 0 ? '<' : order > 0 ? '>' : '=';
}

/** A comparison run four ways; returns the failures as text, empty when the row is correct. */
export function failuresOf(scheme: VersionScheme, { a, operator, b }: Comparison): readonly string[] {
  const opposite = operator === '<' ? '>' : operator === '>' ? '<' : '=';
  const runs = [
    [a, operator, b],
    [b, opposite, a],
    [a, '=', a],
    [b, '=', b],
  ] as const;
  return runs.flatMap(([left, expected, right]) => {
    const found = operatorOf(scheme.compare(left, right));
    return found === expected ? [] : [`${scheme.id}: ${left} ${expected} ${right}, got ${found}`];
  });
}

/** Pieces that any scheme assigns a meaning, and some that no scheme does. */
const pieces = [
  ...['0', '1', '2', '9', '10', '00', '01', '20191002222144', '18446744073709551616'],
  ...['.', '-', '_', '~', '+', '^', ':', '!', '#', '*', '/', ' ', '..', '--'],
  ...['a', 'b', 'c', 'p', 'r', 'v', 'x', 'Z', 'rc', 'RC', 'alpha', 'beta', 'pre', 'dev', 'post', 'final', 'ga', 'sp'],
  ...[
    'SNAPSHOT',
    '_alpha',
    '_p',
    '_git',
    '-r1',
    '-rc0',
    'go1.22',
    '+incompatible',
    'α',
    '\u0001',
    '\ud800',
    '__proto__',
  ],
];

/** The comparison, undefined when one of the two has no place in the order; any other error fails the test. */
function attempt(scheme: VersionScheme, a: string, b: string): number | undefined {
  try {
    return scheme.compare(a, b);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ClarionError', code: 'invalid-version' });
    return undefined;
  }
}

function placed(scheme: VersionScheme, version: string): boolean {
  return attempt(scheme, version, version) !== undefined;
}

function versionsFor(cases: Cases): fc.Arbitrary<string> {
  const known = [...cases.valid, ...cases.comparisons.flatMap(({ a, b }) => [a, b])];
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
  const changed = fc.tuple(fc.constantFrom(...known), soup).map(([version, tail]) => version + tail);
  return fc.oneof(fc.constantFrom(...known), changed, soup);
}

function describeOrder(scheme: VersionScheme, versions: fc.Arbitrary<string>): void {
  it('is antisymmetric, and every version equals itself', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        expect(Math.sign(scheme.compare(a, b))).toBe(-Math.sign(scheme.compare(b, a)) + 0);
        expect(scheme.compare(a, a)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is transitive, equality included', () => {
    fc.assert(
      fc.property(fc.tuple(versions, versions, versions), (triple) => {
        const [low = '', middle = '', high = ''] = triple.toSorted((a, b) => scheme.compare(a, b));
        const steps = [scheme.compare(low, middle), scheme.compare(middle, high)];
        const whole = scheme.compare(low, high);
        expect(Math.max(...steps, whole)).toBeLessThanOrEqual(0);
        if (whole === 0) expect(steps).toEqual([0, 0]);
        else expect(Math.min(...steps)).toBeLessThan(0);
      }),
      { numRuns: 2000 },
    );
  });
}

/**
 * Milliseconds of processor time that comparing two hostile versions may take. Linear is below 100, quadratic minutes.
 */
const longestComparison = 1000;

function describeHostileInput(scheme: VersionScheme, soup: fc.Arbitrary<string>): void {
  it('answers any text with an order or with invalid-version', () => {
    const anyText = fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typeof scheme.isValid(text)).toBe('boolean');
        expect(placed(scheme, text) || !scheme.isValid(text)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['', ' ', '\t\n'])('gives blank text %j no position', (blank) => {
    expect(scheme.isValid(blank)).toBe(false);
    expect(() => scheme.compare(blank, '1.0')).toThrow(ClarionError);
    expect(() => scheme.compare('1.0', blank)).toThrow('cannot order version');
  });

  it('takes linear time for 100 kB', () => {
    for (const piece of [...pieces, '1.', '1-', 'a1', '1a', '0.', '-r', '.0a', '1_', '1.a-']) {
      const long = `1.0.0${piece.repeat(100_000 / piece.length)}`;
      const start = process.cpuUsage();
      scheme.isValid(long);
      attempt(scheme, `${long}1`, `${long}2`);
      const slow = process.cpuUsage(start).user / 1000 > longestComparison;
      expect({ piece, slow }).toEqual({ piece, slow: false });
    }
  });
}

/**
 * What every scheme must satisfy: its own curated cases, a total order on everything it accepts, and robustness against
 * hostile input. `inOrder` removes versions between which the native order itself is not transitive.
 */
export function describeScheme(
  scheme: VersionScheme,
  text: string,
  inOrder: (version: string) => boolean = () => true,
): void {
  const cases = parseCases(text);
  describe(`${scheme.id} cases`, () => {
    it('compare versions, and name text that is not a version', () => {
      expect([cases.comparisons.length > 0, cases.invalid.length > 0]).toEqual([true, true]);
    });
    it.each(cases.comparisons)('$a $operator $b', (row) => {
      expect(failuresOf(scheme, row)).toEqual([]);
    });
    it.each(cases.valid)('%s is valid', (version) => {
      expect(scheme.isValid(version)).toBe(true);
    });
    it.each(cases.invalid)('%s is invalid', (version) => {
      expect(scheme.isValid(version)).toBe(false);
    });
  });
  describe(`${scheme.id} order`, () => {
    const versions = versionsFor(cases);
    describeOrder(
      scheme,
      versions.filter((version) => placed(scheme, version) && inOrder(version)),
    );
    describeHostileInput(scheme, versions);
  });
  describe(`${scheme.id} order of text that is not a version`, () => {
    describeInvalidText(scheme, versionsFor(cases), inOrder);
  });
}
