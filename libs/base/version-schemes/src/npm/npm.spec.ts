import { readFileSync } from 'node:fs';
import { sharedMaterial } from '@clarion/test-kit';
import fc from 'fast-check';
import semver from 'semver';
import { describeScheme } from '../../testing/scheme-suite';
import { npm } from '.';

describeScheme(npm, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));

const pieces = [
  '0',
  '1',
  '2',
  '10',
  '01',
  '.',
  '.',
  '.',
  '-',
  '+',
  'v',
  '=',
  ' ',
  'a',
  'rc',
  'X',
  'x',
  '*',
  '1.2.3',
  '0.0.1',
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
const tail = fc.array(fc.constantFrom('-', '.', '+', '0', '1', '10', 'a', 'B', 'rc'), { maxLength: 6 });
const version = fc
  .tuple(fc.constantFrom('', 'v', '=', ' '), fc.constantFrom('1.2.3', '1.2.10', '0.0.0'), tail)
  .map(([prefix, numbers, rest]) => prefix + numbers + rest.join(''))
  .filter((text) => semver.clean(text) !== null);

describe('npm against node-semver', () => {
  it.each(['v v1.2.3', 'v vv1.2.3', '=v =1.2.3', ' v 1.2.3 '])(
    'accepts or rejects "%s" as semver.clean does',
    (text) => {
      expect(npm.isValid(text)).toBe(semver.clean(text) !== null);
    },
  );

  it('accepts what semver.clean accepts', () => {
    fc.assert(
      fc.property(fc.oneof(soup, version), (text) => {
        expect({ text, valid: npm.isValid(text) }).toEqual({ text, valid: semver.clean(text) !== null });
      }),
      { numRuns: 5000 },
    );
  });

  it('orders valid versions as semver.compare does', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const expected = semver.compare(semver.clean(a) ?? '', semver.clean(b) ?? '');
        expect({ a, b, order: Math.sign(npm.compare(a, b)) }).toEqual({ a, b, order: expected });
      }),
      { numRuns: 5000 },
    );
  });

  const vectors = sharedMaterial('conformance', 'versions', 'go-npm-version', 'input.csv');
  (vectors === undefined ? it.skip : it)('orders the versions of go-npm-version/input.csv (shared) alike', () => {
    const versions = [...new Set(readFileSync(vectors ?? '', 'utf8').match(/\d+\.\d+\.\d+[^\s",|]*/g))].filter(
      (text) => semver.valid(text) !== null,
    );
    expect(versions.length).toBeGreaterThan(50);
    const wrong = versions.flatMap((a) =>
      versions.filter((b) => Math.sign(npm.compare(a, b)) !== semver.compare(a, b)).map((b) => `${a} ${b}`),
    );
    expect(wrong).toEqual([]);
  });
});
