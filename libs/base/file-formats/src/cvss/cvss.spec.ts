import { Cvss2, Cvss3P0, Cvss3P1, Cvss4P0 } from 'ae-cvss-calculator';
import fc from 'fast-check';
import { cvssBaseScore } from './base-score';
import { parseCvss } from './vector';

describe('CVSS base scores', () => {
  // Scores published by the National Vulnerability Database and in the examples of FIRST.
  test.each([
    ['CVE-2021-44228 v3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVE-2021-44228 v2', 'AV:N/AC:M/Au:N/C:C/I:C/A:C', 9.3],
    ['CVE-2014-0160 v3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['CVE-2014-0160 v2', '(AV:N/AC:L/Au:N/C:P/I:N/A:N)', 5],
    ['CVE-2013-1937 v3.0', 'CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVE-2015-8252 v3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVE-2024-4819 v4.0', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N/E:X/U:X', 5.3],
    ['the worst of v4.0', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['no impact v4.0', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
    ['no impact v3.1', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N', 0],
    ['no impact v2', 'AV:N/AC:L/Au:N/C:N/I:N/A:N', 0],
    ['temporal metrics do not count', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U/RL:O/RC:U', 7.5],
    ['threat metrics do not count', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N/E:U', 5.3],
  ])('%s', async (_, vector, score) => {
    expect(await cvssBaseScore(vector)).toBe(score);
  });

  test.each([
    ['nothing', ''],
    ['base metrics missing', 'CVSS:3.1/AV:N'],
    ['unknown value', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Z'],
    ['unknown metric', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:1'],
    ['a metric twice', 'CVSS:3.1/AV:N/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['a slash at the end', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/'],
    ['unknown version', 'CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['metrics of another version', 'CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['v3 without its prefix', 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['one parenthesis', '(AV:N/AC:M/Au:N/C:C/I:C/A:C'],
    ['lower case', 'cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h'],
    ['endless', `CVSS:3.1/${'AV:N/'.repeat(100_000)}`],
    ['names of the prototype', 'constructor:N/__proto__:N'],
  ])('%s is not a vector', async (_, vector) => {
    expect(parseCvss(vector)).toBeUndefined();
    expect(await cvssBaseScore(vector)).toBeUndefined();
  });

  const pick = (metrics: string): fc.Arbitrary<string> =>
    fc
      .tuple(
        ...metrics.split(' ').map((item) => {
          const [name = '', values = ''] = item.split(':');
          return fc.constantFrom(...Array.from(values)).map((value) => `${name}:${value}`);
        }),
      )
      .map((parts) => parts.join('/'));
  const v3 = pick('AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN');

  test('are those of another calculator, for every kind of vector', async () => {
    const anyVector = fc.oneof(
      v3.map((text) => ['CVSS:3.0/', text, Cvss3P0] as const),
      v3.map((text) => ['CVSS:3.1/', text, Cvss3P1] as const),
      pick('AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC').map((text) => ['', text, Cvss2] as const),
      pick('AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN').map(
        (text) => ['CVSS:4.0/', text, Cvss4P0] as const,
      ),
    );
    await fc.assert(
      fc.asyncProperty(anyVector, async ([prefix, text, Calculator]) => {
        const vector = prefix + text;
        expect([vector, await cvssBaseScore(vector)]).toEqual([vector, new Calculator(vector).calculateScores().base]);
      }),
      { numRuns: 3000 },
    );
  });
});
