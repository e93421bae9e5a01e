import fc from 'fast-check';
import { type Advisory, type AdvisoryState, workLimits } from '@clarion/model';
import { decideAll, type PackageFlaw } from '@clarion/matching';
import { noImage } from '../../testing/reports';
import { deb, factsOf, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import { countFindings } from './count-findings';
import { findingsOf, hasCertainFinding } from './findings-of';
import { makeReport } from '../make-report';
import { isCertain } from './counts';

const ids = ['CVE-2024-0001', 'CVE-2024-0002', 'GHSA-aaaa-bbbb-cccc', 'TEMP-0000000-F41FD3'];
const states: readonly AdvisoryState[] = ['fixed', 'affected', 'will_not_fix', 'not_affected', 'under_investigation'];
const advisory: fc.Arbitrary<Advisory> = fc.record({
  id: fc.constantFrom(...ids),
  aliases: fc.subarray(ids),
  state: fc.constantFrom(...states),
  ranges: fc.constantFrom([], [{ fixed: '1.2' }], [{ fixed: '2.0' }]),
});
const names = ['bash', 'glibc', 'zlib'];
const groups = fc.array(fc.tuple(fc.constantFrom(...names), fc.array(advisory, { maxLength: 4 })), { maxLength: 3 });

/** Turns of the event loop. */
async function loopsUntil(signal: AbortSignal): Promise<number> {
  let loops = 0;
  for (; !signal.aborted; loops += 1) await new Promise(setImmediate);
  return loops;
}

const shown = ({ feature, flaw }: PackageFlaw): string =>
  JSON.stringify([
    feature.name,
    { ...flaw, cluster: [flaw.cluster.id, flaw.cluster.aliases] },
    flaw.cluster.members.length,
  ]);

describe('findingsOf', () => {
  // Only reports name the build steps of layers.
  const image = imageOf(
    names.map((name) => deb(name, '1.1')),
    { image: noImage },
  );

  test('gives the findings of the report', async () => {
    await fc.assert(
      fc.asyncProperty(groups, async (said) => {
        const facts = factsOf(said.map(([name, advisories]) => group(name, advisories)));
        const { findings, summary, totals, coverage } = await makeReport(image, facts, options);
        expect(await findingsOf(image, facts, options)).toEqual({ findings });
        const isOpen = coverage.undetermined.length > 0;
        const { unrated = [], ...counts } = (await countFindings(image, facts, options)) ?? {};
        const { uniqueVulnerabilities } = totals;
        expect(counts).toEqual({ ...summary, uniqueVulnerabilities, ...(isOpen && { undetermined: true }) });
        expect(unrated.length > 0).toBe(summary.Unknown > 0);
        expect(await hasCertainFinding(image, facts, options)).toBe(findings.some(isCertain));
      }),
      { numRuns: 60 },
    );
  });

  test('gives the findings of some packages as those of the report', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.constantFrom(...names), async (said, name) => {
        const facts = factsOf(said.map(([of, advisories]) => group(of, advisories)));
        const { findings } = await makeReport(image, facts, options);
        const features = image.features.filter((feature) => feature.name === name);
        expect(await findingsOf({ ...image, features }, facts, options)).toEqual({
          findings: findings.filter((finding) => finding.package.name === name),
        });
      }),
      { numRuns: 60 },
    );
  });

  test('gives the findings about some flaws as those of the report', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.subarray(ids), async (said, requested) => {
        const facts = factsOf(said.map(([name, advisories]) => group(name, advisories)));
        const about = new Set(requested);
        const all = await decideAll(image, facts, options);
        const some = await decideAll(image, facts, { ...options, about });
        const asked = all.flaws.filter(({ flaw }) =>
          flaw.cluster.members.some(({ advisory: { id, aliases = [] } }) =>
            [id, ...aliases].some((one) => about.has(one)),
          ),
        );
        expect(some.flaws.map(shown).sort()).toEqual(asked.map(shown).sort());
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [['CVE-2024-0001'], ['CVE-2024-0001']],
    [['GHSA-aaaa-bbbb-cccc'], ['CVE-2024-0002']],
    [
      ['CVE-2024-0002', 'CVE-2024-0001'],
      ['CVE-2024-0001', 'CVE-2024-0002'],
    ],
    [['CVE-2024-9999'], []],
    [[], []],
  ])('about %j', async (about, expected) => {
    const said = [fixed('CVE-2024-0001', '2'), fixed('CVE-2024-0002', '2', { aliases: ['GHSA-aaaa-bbbb-cccc'] })];
    const facts = factsOf([group('bash', said)]);
    const { findings } = await findingsOf(image, facts, { ...options, about: new Set(about) });
    expect(findings.map(({ id }) => id)).toEqual(expected);
    expect(await hasCertainFinding(image, facts, { ...options, about: new Set(about) })).toBe(expected.length > 0);
  });

  test('lets the event loop run, and ends with the first finding where one is enough', async () => {
    const many = imageOf(
      Array.from({ length: 60_000 }, (_, at) => deb(`lib${at}`, '1.1', { source: { name: 'linux', version: '1.1' } })),
    );
    const facts = factsOf([group('linux', [fixed('CVE-2024-0001', '2')])]);
    const loops = new AbortController();
    const counted = loopsUntil(loops.signal);
    const found = await findingsOf(many, facts, options);
    loops.abort();
    expect(found.findings).toHaveLength(60_000);
    // Three loops over the packages.
    expect(await counted).toBeGreaterThan(3);
    const limited = { ...options, limits: { ...workLimits.matching, facts: 1 } };
    expect(await hasCertainFinding(many, facts, limited)).toBe(true);
  });

  test('reads the advisories of a thousand packages at a time, and still knows the whole image', async () => {
    const many = imageOf(Array.from({ length: 5000 }, (_, at) => deb(`lib${at}`, '1.1')));
    const about = factsOf(['lib0', 'lib4999'].map((name) => group(name, [fixed('CVE-2024-0001', '2')])));
    const asked: number[] = [];
    const facts: typeof about = {
      ...about,
      advisories: (names) => {
        asked.push(new Set(names.map(([, name]) => name)).size);
        return about.advisories(names);
      },
    };
    const { findings } = await findingsOf(many, facts, options);
    expect(findings.map((one) => one.package.name)).toEqual(['lib0', 'lib4999']);
    expect((await countFindings(many, facts, options))?.Unknown).toBe(2);
    expect(await hasCertainFinding({ ...many, features: many.features.slice(1) }, facts, options)).toBe(true);
    expect(Math.max(...asked)).toBeLessThanOrEqual(1000);
    // What the image may cost is for all of its packages together.
    const limited = { ...options, limits: { ...workLimits.matching, facts: 1 } };
    expect(await countFindings(many, about, limited)).toBeNull();
  });

  test('counts a vulnerability of several packages once, and apart what is not one', async () => {
    const said = [
      fixed('CVE-2024-0001', '2'),
      fixed('MAL-2024-1', '2', { kind: 'malicious' }),
      fixed('RUSTSEC-2024-1', '2', { kind: 'informational' }),
    ];
    const facts = factsOf(names.map((name) => group(name, said)));
    expect(await countFindings(image, facts, options)).toMatchObject({
      Unknown: 3,
      uniqueVulnerabilities: 1,
      countedApart: { malicious: 3, informational: 3, otherArchitecture: 0 },
    });
  });

  test('does not know what is beyond the limits', async () => {
    const facts = factsOf(names.map((name) => group(name, [fixed('CVE-2024-0001', '1.0')])));
    const limited = { ...options, limits: { ...workLimits.matching, steps: 4 } };
    expect(await hasCertainFinding(image, facts, limited)).toBeUndefined();
  });

  test.each([
    ['findings', { facts: 2 }, 'finds more than 2 findings'],
    ['steps', { steps: 4 }, 'takes more than 4 steps'],
  ])('beyond its limit of %s says that more findings may exist, and counts nothing', async (_what, less, message) => {
    const said = [fixed('CVE-2024-0001', '2'), fixed('CVE-2024-0002', '2')];
    const facts = factsOf(names.map((name) => group(name, said)));
    const limited = { ...options, limits: { ...workLimits.matching, ...less } };
    const { findings, exceeded } = await findingsOf(image, facts, limited);
    expect(findings).toHaveLength(2);
    expect(exceeded).toMatchObject({ layer: null, code: 'limit-reached' });
    expect(exceeded?.message).toContain(message);
    expect(await countFindings(image, facts, limited)).toBeNull();
    expect((await makeReport(image, facts, limited)).coverage.complete).toBe(false);
  });
});
