import fc from 'fast-check';
import { type CvssVector, type Finding, severities, type VulnerabilityRecord } from '@clarion/model';
import { deb, factsOf, feedsSaying, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import { makeReport } from '../make-report';
import { severitySourceKinds } from './severity-source-kind';
import { affectsFindings, isLikelyExploited } from './affects-findings';

const cve = 'CVE-2023-5678';
const critical = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'; // 9.8
const alsoCritical = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N'; // 9.1
const medium = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'; // 5.3
const text = (more: Partial<VulnerabilityRecord>): VulnerabilityRecord => ({ feed: 'nvd', id: cve, ...more });
const scored = (vector: string, more: Partial<CvssVector> = {}): Partial<VulnerabilityRecord> => ({
  cvss: [{ source: 'nvd@nist.gov', vector, primary: true, ...more }],
});
const exploited = { knownExploited: { dateAdded: '2024-01-01', ransomware: false } };
const epss = (score: number): Partial<VulnerabilityRecord> => ({ epss: { score } });

describe('a vulnerability record affects findings', () => {
  type Text = Partial<VulnerabilityRecord> | undefined;
  test.each<[string, Text, Text, boolean]>([
    ['by nothing that is only shown', { description: 'a' }, { description: 'b', links: ['x'], cwes: ['CWE-1'] }, false],
    ['by no description', undefined, { description: 'a' }, false],
    ['by a score where there was none', undefined, scored(medium), true],
    ['by another severity', scored(medium), scored(critical), true],
    ['by no other score of the same severity', scored(critical), scored(alsoCritical), false],
    ['by whose score it is', scored(medium), scored(medium, { primary: false }), true],
    ['by no score that another one of the same standing hides', scored(critical), { cvss: [...scored(critical).cvss!, ...scored(medium).cvss!] }, false], // prettier-ignore
    ['by no invalid vector', {}, scored('CVSS:3.1/AV:X'), false],
    ['by a word', { severity: 'Low' }, { severity: 'High' }, true],
    ['by no word that says nothing', {}, { severity: 'Unknown' }, false],
    ['by going', scored(medium), undefined, true],
    ['by being rejected', scored(medium), { ...scored(medium), rejected: true }, true],
    ['by nothing once it is rejected', { ...scored(medium), rejected: true }, { rejected: true }, false],
    ['by coming to be exploited', {}, exploited, true],
    ['by not being exploited any more', exploited, undefined, true],
    ['by no detail of the exploitation', exploited, { knownExploited: { dateAdded: '2024-01-02', ransomware: true } }, false], // prettier-ignore
    ['by crossing the threshold', epss(0.49), epss(0.5), true],
    ['by crossing it downwards', epss(0.5), undefined, true],
    ['by no score on one side of it', epss(0.5), epss(0.9), false],
  ])('%s', async (_, before, after, expected) => {
    const [was, is] = [before && text(before), after && text(after)];
    expect(await affectsFindings(was, is, { epssThreshold: 0.5 })).toBe(expected);
  });

  test('by no EPSS score where there is no threshold', async () => {
    expect(await affectsFindings(text(epss(0)), text(epss(1)), {})).toBe(false);
    expect(isLikelyExploited({ score: 1 }, {})).toBe(false);
  });
});

const vector: fc.Arbitrary<CvssVector> = fc
  .record({
    vector: fc.constantFrom(
      critical,
      alsoCritical,
      medium,
      critical.replace('3.1', '3.0'),
      'AV:N/AC:L/Au:N/C:P/I:P/A:P',
    ),
    by: fc.constantFrom({ primary: true }, { cna: true }, {}),
  })
  .map(({ vector: written, by }) => ({ source: 'somebody', vector: written, ...by }));
const anyText: fc.Arbitrary<VulnerabilityRecord> = fc
  .record(
    {
      severity: fc.constantFrom(...severities),
      cvss: fc.array(vector, { maxLength: 3 }),
      rejected: fc.boolean(),
      epss: fc.record({ score: fc.constantFrom(0.1, 0.5, 0.9) }),
      knownExploited: fc.constantFrom({ dateAdded: '2024-01-01', ransomware: true }),
      description: fc.constantFrom('a', 'b'),
    },
    { requiredKeys: [] },
  )
  .map((more) => text(more));

test('vulnerability records that do not affect findings change no severity or risk of any report', async () => {
  const seen = { affects: 0, not: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        before: fc.option(anyText, { nil: undefined }),
        after: fc.option(anyText, { nil: undefined }),
        // Only one feed has scores: which of two would win depends on whose advisories exist.
        other: anyText.map(({ epss: _, ...rest }) => rest),
        stated: fc.constantFrom(...severities),
        byFeed: fc.constantFrom('nvd', 'debian-security-tracker'),
        order: fc.shuffledSubarray([...severitySourceKinds]),
      }),
      async ({ before, after, other, stated, byFeed, order }) => {
        const affects = await affectsFindings(before, after, { epssThreshold: 0.5 });
        seen[affects ? 'affects' : 'not'] += 1;
        if (affects) return;
        const sides = [before, after].map(async (one) => {
          const groups = [group('openssl', [fixed(cve, '3.0.13', { severity: stated })], { feed: byFeed })];
          const texts = [...(one === undefined ? [] : [one]), { ...other, feed: 'other' }];
          const facts = factsOf(groups, { texts });
          const report = await makeReport(imageOf([deb('openssl', '3.0.11')]), facts, {
            ...options,
            feeds: feedsSaying(groups, texts),
            severityOrder: order,
          });
          expect(report.findings).toHaveLength(1);
          return report.findings.map(result);
        });
        const [was, is] = await Promise.all(sides);
        expect(is).toEqual(was);
      },
    ),
    { numRuns: 500 },
  );
  expect(Math.min(seen.affects, seen.not)).toBeGreaterThan(20);
});

function result({ severity, knownExploited, epss: scores }: Finding): unknown {
  return [severity, knownExploited !== null, isLikelyExploited(scores, { epssThreshold: 0.5 })];
}
