import fc from 'fast-check';
import {
  type Advisory,
  type AdvisoryGroup,
  advisoryStates,
  type PlacedFeature,
  severities,
  type VersionRange,
} from '@clarion/model';
import { deb, factsOf, group, imageOf, namespaceOf, options } from '@clarion/test-kit/match-facts';
import { makeReport } from './make-report';

const version = fc.constantFrom('1', '1.0-1', '1.0-1+b1', '2~rc1', '2', '0:2', '3', '');
const name = fc.constantFrom('a', 'b', 'c', '__proto__');
const id = fc.constantFrom('CVE-2024-1000', 'CVE-2024-2000', 'GHSA-a', 'TEMP-1', '__proto__');

const range: fc.Arbitrary<VersionRange> = fc.record(
  { introduced: version, fixed: fc.oneof(version, fc.constant('0')), lastAffected: version },
  { requiredKeys: [] },
);
const advisory: fc.Arbitrary<Advisory> = fc.record(
  {
    id,
    state: fc.constantFrom(...advisoryStates),
    aliases: fc.array(id, { maxLength: 2 }),
    ranges: fc.array(range, { maxLength: 2 }),
    severity: fc.constantFrom(...severities),
    scope: fc.constantFrom({}, { channel: 'elts' }, { architectures: ['arm64'] }, { cpes: ['cpe:/o:x'] }),
  },
  { requiredKeys: ['id', 'state'] },
);
const advisoryGroup: fc.Arbitrary<AdvisoryGroup> = fc
  .record({
    package: name,
    advisories: fc.array(advisory, { maxLength: 4 }),
    feed: fc.constantFrom('debian-security-tracker', 'own-feed'),
    document: fc.constantFrom('x', 'y'),
    nameKind: fc.constantFrom('source', 'binary', 'either'),
    namespace: fc.constantFrom('debian:12', 'debian:12', 'debian:13'),
    scheme: fc.constantFrom('dpkg', 'dpkg', 'dpkg', 'moon'),
  })
  .map((more) => group(more.package, more.advisories, more));
const feature: fc.Arbitrary<PlacedFeature> = fc
  .record(
    {
      name,
      version,
      source: fc.record({ name, version }),
      architecture: fc.constantFrom('amd64', 'arm64'),
      namespace: fc.constantFrom('debian:12', 'debian:12', null),
    },
    { requiredKeys: ['name', 'version', 'namespace'] },
  )
  .map((more) => deb(more.name, more.version, more));

const channels = [namespaceOf('debian:13')];

async function reportText(features: readonly PlacedFeature[], groups: readonly AdvisoryGroup[]): Promise<string> {
  const image = imageOf(features, { channels, namespaces: [namespaceOf('debian:12')] });
  return JSON.stringify(await makeReport(image, factsOf(groups), options));
}

/** All names of each finding, with its package. */
async function findingNames(
  features: readonly PlacedFeature[],
  groups: readonly AdvisoryGroup[],
): Promise<readonly (readonly string[])[]> {
  const image = imageOf(features, { channels, namespaces: [namespaceOf('debian:12')] });
  const { findings } = await makeReport(image, factsOf(groups), options);
  return findings.map((f) => [f.id, ...f.aliases].map((one) => JSON.stringify([one, f.package])));
}

async function findingKeys(features: readonly PlacedFeature[], groups: readonly AdvisoryGroup[]): Promise<Set<string>> {
  const image = imageOf(features, { channels, namespaces: [namespaceOf('debian:12')] });
  const { findings } = await makeReport(image, factsOf(groups), options);
  return new Set(findings.map((f) => JSON.stringify([f.id, f.package])));
}

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

test('the order of packages, groups and advisories never changes the report', async () => {
  const scenario = fc
    .tuple(fc.array(feature, { maxLength: 5 }), fc.array(advisoryGroup, { maxLength: 6 }))
    .chain(([features, groups]) =>
      fc.tuple(
        fc.constant({ features, groups }),
        shuffled(features),
        shuffled(groups).chain((all) =>
          fc.tuple(...all.map((g) => shuffled(g.advisories).map((advisories) => ({ ...g, advisories })))),
        ),
      ),
    );
  await fc.assert(
    fc.asyncProperty(scenario, async ([plain, features, groups]) => {
      expect(await reportText(features, groups)).toBe(await reportText(plain.features, plain.groups));
    }),
    { numRuns: 500 },
  );
});

test('adding "not affected" never adds a finding', async () => {
  // Not about a name in the release that only a channel knew: silence of the release is what asks the channel.
  const inRelease = advisoryGroup.map((g) => ({ ...g, namespace: 'debian:12' }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(feature, { maxLength: 4 }),
      fc.array(inRelease, { maxLength: 5 }),
      fc.record({ package: name, id, aliases: fc.array(id, { maxLength: 2 }) }),
      async (features, groups, extra) => {
        const before = await findingNames(features, groups);
        const added = group(extra.package, [{ id: extra.id, aliases: extra.aliases, state: 'not_affected' }]);
        const after = await findingNames(features, [...groups, added]);
        // An alias in the added advisory may give a finding another one of its names.
        const known = new Set(before.flat());
        expect(after.filter((names) => !names.some((one) => known.has(one)))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('each package is decided as if it were alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(feature, { maxLength: 6 }),
      fc.array(advisoryGroup, { maxLength: 5 }),
      async (features, groups) => {
        const alone = await Promise.all(features.map((one) => findingKeys([one], groups)));
        expect(await findingKeys(features, groups)).toEqual(new Set(alone.flatMap((keys) => [...keys])));
      },
    ),
    { numRuns: 500 },
  );
});

test('every package is either in the report or the report is not complete', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(feature, { maxLength: 4 }),
      fc.array(advisoryGroup, { maxLength: 4 }),
      async (features, groups) => {
        const image = imageOf(features, { namespaces: [namespaceOf('debian:12')] });
        const report = await makeReport(image, factsOf(groups), options);
        const { packages, coverage, summary, countedApart, findings } = report;
        expect(packages).toHaveLength(features.length);
        const counts = [...Object.values(summary), ...Object.values<number>(countedApart ?? {})];
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(findings.length);
        if (features.some(({ namespace }) => namespace === null)) expect(coverage.complete).toBe(false);
        if (coverage.undetermined.length > 0) expect(coverage.complete).toBe(false);
      },
    ),
  );
});

test('arbitrary text anywhere never fails a report', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (odd, installed, fix, scheme) => {
      const groups = [
        group(odd, [
          { id: odd, aliases: [fix], state: 'fixed', ranges: [{ fixed: fix, introduced: installed }], links: [odd] },
        ]),
        group(odd, [{ id: odd, state: 'affected', ranges: [{ lastAffected: fix }] }], { scheme, feed: odd }),
      ];
      const features = [deb(odd, installed, { architecture: fix, vendor: scheme, namespace: 'debian:12' })];
      expect(JSON.parse(await reportText(features, groups))).toMatchObject({ packages: [{ name: odd }] });
    }),
    { numRuns: 500 },
  );
});
