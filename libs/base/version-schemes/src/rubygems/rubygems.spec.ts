import { readFileSync } from 'node:fs';
import { gt, lt, valid } from '@renovatebot/ruby-semver';
import fc from 'fast-check';
import { describeScheme } from '../../testing/scheme-suite';
import { rubygems } from '.';

describeScheme(rubygems, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));

// No capitals: the library compares words by locale, `Gem::Version` as Ruby compares strings.
const pieces = ['0', '0', '1', '2', '10', '.', '.', '.', 'a', 'b', 'rc', '-', '.0', '.a', '.1'];
const version = fc
  .tuple(fc.constantFrom('0', '1', '1.0', '1.2.3'), fc.array(fc.constantFrom(...pieces), { maxLength: 6 }))
  .map(([start, rest]) => start + rest.join(''))
  .filter((text) => valid(text) !== null && rubygems.isValid(text));

describe('rubygems against @renovatebot/ruby-semver', () => {
  it('orders valid versions the same', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const expected = gt(a, b) ? 1 : lt(a, b) ? -1 : 0;
        expect({ a, b, order: Math.sign(rubygems.compare(a, b)) }).toEqual({ a, b, order: expected });
      }),
      { numRuns: 5000 },
    );
  });
});
