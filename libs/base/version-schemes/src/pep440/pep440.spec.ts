import { readFileSync } from 'node:fs';
import { compare, valid } from '@renovatebot/pep440';
import fc from 'fast-check';
import { describeScheme } from '../../testing/scheme-suite';
import { pep440 } from '.';

describeScheme(pep440, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));

const pieces = [
  ...['0', '1', '2', '10', '.', '.', '-', '_', '+', '!', 'a', 'b', 'rc', 'c', 'alpha', 'preview', 'post', 'rev', 'dev'],
  ...['.dev1', '.post2', 'a1', 'rc1', 'V', 'x', 'ubuntu'],
];
const version = fc
  .tuple(
    fc.constantFrom('1.0', '1', '1.2', '0!1', '2!1.0.0', 'x'),
    fc.array(fc.constantFrom(...pieces), { maxLength: 6 }),
  )
  .map(([start, rest]) => start + rest.join(''));
const validVersion = version.filter((text) => valid(text) !== null);

describe('pep440 against @renovatebot/pep440', () => {
  it('accepts the same versions', () => {
    fc.assert(
      fc.property(version, (text) => {
        expect({ text, valid: pep440.isValid(text) }).toEqual({ text, valid: valid(text) !== null });
      }),
      { numRuns: 5000 },
    );
  });

  it('orders them the same', () => {
    fc.assert(
      fc.property(validVersion, validVersion, (a, b) => {
        expect({ a, b, order: Math.sign(pep440.compare(a, b)) }).toEqual({ a, b, order: Math.sign(compare(a, b)) });
      }),
      { numRuns: 5000 },
    );
  });
});
