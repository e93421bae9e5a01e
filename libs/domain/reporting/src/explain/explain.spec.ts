import { encodeLinkedFunctions } from '@clarion/ecosystems';
import type { AdvisoryGroup, PlacedFeature } from '@clarion/model';
import {
  by,
  deb,
  factsOf,
  feedsSaying,
  fixed,
  group,
  imageOf,
  inScope,
  loadedAt,
  rpm,
} from '@clarion/test-kit/match-facts';
import { type ExplainedPackage, explainVulnerability } from './explain';
import { reportOf } from '../../testing/reports';

const cve = 'CVE-2023-5678';
const openssl = { name: 'openssl', version: '3.0.11-1~deb12u2' };
const libssl3 = deb('libssl3', '3.0.11-1~deb12u2', { source: openssl });

async function explain(
  features: readonly PlacedFeature[],
  groups: readonly AdvisoryGroup[],
  id = cve,
): Promise<Awaited<ReturnType<typeof explainVulnerability>>> {
  return explainVulnerability(imageOf(features), factsOf(groups), { id, feeds: feedsSaying(groups) });
}

test('a package without the fix: advisory, comparison, rule, decision', async () => {
  const { packages, aliases } = await explain(
    [libssl3],
    [group('openssl', [fixed(cve, '3.0.13-1~deb12u1', { advisory: 'DSA-5764-1' })])],
  );
  expect(aliases).toEqual([]);
  expect(packages).toEqual<readonly ExplainedPackage[]>([
    {
      vulnerability: cve,
      name: 'libssl3',
      version: '3.0.11-1~deb12u2',
      namespace: 'debian:12',
      architecture: 'amd64',
      path: 'var/lib/dpkg/status',
      layer: libssl3.layer,
      instruction: 'ADD rootfs',
      source: openssl,
      decision: 'vulnerable',
      state: 'fixed',
      fixedIn: '3.0.13-1~deb12u1',
      fixAvailableIn: null,
      rule: 'older than the highest fixed version',
      notes: [],
      advisories: [
        {
          feed: 'debian-security-tracker',
          document: 'json',
          entry: 'debian:12 openssl',
          matchedBy: 'source',
          id: cve,
          advisory: 'DSA-5764-1',
          state: 'fixed',
          reason: null,
          scope: [],
          comparison: '3.0.11-1~deb12u2 < 3.0.13-1~deb12u1 (dpkg)',
          match: 'vulnerable',
          counts: true,
          note: null,
        },
      ],
    },
  ]);
});

describe('decisions and their rules', () => {
  const nodejs = rpm('nodejs', '1:18.20.2-1.module+el9', { module: 'nodejs:18:9040:rhel9' });
  const rhel9 = by('rhel:9', 'rpm', 'binary');
  const rows: readonly (readonly [string, PlacedFeature, AdvisoryGroup, Partial<ExplainedPackage>, string | null])[] = [
    [
      'it has the fix',
      libssl3,
      group('openssl', [fixed(cve, '3.0.11-1~deb12u2')]),
      { decision: 'cleared', rule: 'not older than the highest fixed version' },
      '3.0.11-1~deb12u2 = 3.0.11-1~deb12u2 (dpkg)',
    ],
    [
      'it is not affected',
      libssl3,
      group('openssl', [{ id: cve, state: 'not_affected' }]),
      { decision: 'suppressed' },
      null,
    ],
    [
      'fixed in 0',
      libssl3,
      group('openssl', [fixed(cve, '0')]),
      { decision: 'suppressed' },
      'no version is affected (dpkg)',
    ],
    [
      'no fix',
      libssl3,
      group('openssl', [{ id: cve, state: 'will_not_fix' }]),
      { decision: 'vulnerable', state: 'will_not_fix' },
      null,
    ],
    [
      'older than the flaw',
      libssl3,
      group('openssl', [{ id: cve, state: 'fixed', ranges: [{ introduced: '3.1', fixed: '3.2' }] }]),
      { decision: 'unaffected' },
      '3.0.11-1~deb12u2 < 3.1 and 3.0.11-1~deb12u2 < 3.2 (dpkg)',
    ],
    [
      'single versions',
      libssl3,
      group('openssl', [{ id: cve, state: 'affected', versions: ['3.0.11-1~deb12u2'] }]),
      { decision: 'vulnerable', state: 'affected' },
      '3.0.11-1~deb12u2 is listed by itself (dpkg)',
    ],
    [
      'what cannot be compared',
      libssl3,
      group('openssl', [fixed(cve, '')]),
      { decision: 'undetermined' },
      '3.0.11-1~deb12u2 ?  (dpkg)',
    ],
    [
      'another module stream',
      nodejs,
      rhel9('nodejs', [inScope(cve, '1:20.12.2-1', { module: 'nodejs:20' })]),
      { decision: 'unaffected', rule: 'every advisory is about something else' },
      '1:18.20.2-1.module+el9 < 1:20.12.2-1 (rpm)',
    ],
  ];
  test.each(rows)('%s', async (_, feature, one, expected, comparison) => {
    const { packages } = await explain([feature], [one]);
    expect(packages).toMatchObject([{ ...expected, advisories: [{ comparison }] }]);
    const { findings } = await reportOf([feature], [one]);
    expect(findings.map(({ state, fixedIn }) => ({ state, fixedIn }))).toEqual(
      packages.filter(({ decision }) => decision === 'vulnerable').map(({ state, fixedIn }) => ({ state, fixedIn })),
    );
  });

  test('scope checks are shown, passed and failed', async () => {
    const scope = { architectures: ['x86_64'], module: 'nodejs:20' };
    const { packages } = await explain([nodejs], [rhel9('nodejs', [inScope(cve, '1:20.12.2-1', scope)])]);
    expect(packages[0]?.advisories).toMatchObject([
      {
        match: 'out of scope',
        counts: false,
        scope: [
          { member: 'architectures', passed: true, detail: 'x86_64' },
          { member: 'module', passed: false, detail: 'nodejs:20: about another module stream' },
        ],
      },
    ]);
  });

  test('an advisory for packages of no module says so', async () => {
    const { packages } = await explain([nodejs], [rhel9('nodejs', [fixed(cve, '1:20.12.2-1')])]);
    expect(packages[0]?.advisories[0]?.scope).toEqual([
      { member: 'module', passed: false, detail: 'about a package of no module' },
    ]);
  });
});

test('any id of the flaw can be used, in any case', async () => {
  const groups = [group('openssl', [{ id: cve, aliases: ['GHSA-aaaa-bbbb-cccc'], state: 'affected' }])];
  const byAlias = await explain([libssl3], groups, 'ghsa-AAAA-bbbb-cccc');
  expect(byAlias.aliases).toEqual([cve]);
  expect(byAlias.packages).toEqual((await explain([libssl3], groups)).packages);
});

test('silence names the feeds that were asked, with the age of their data', async () => {
  const other = group('zlib', [fixed('CVE-2022-37434', '1')]);
  const silent = await explain([libssl3], [other, { ...other, namespace: 'alpine:v3.20', feed: 'alpine-secdb' }]);
  expect(silent.packages).toEqual([]);
  expect(silent.feeds).toEqual([{ id: 'debian-security-tracker', updatedAt: loadedAt }]);
});

test('every finding of a report is explained by the same state and fix', async () => {
  const features = [libssl3, deb('openssl', '3.0.13-1~deb12u1'), deb('zlib1g', '1:1.2')];
  const groups = [
    group('openssl', [fixed(cve, '3.0.13-1~deb12u1'), { id: 'CVE-2024-2511', state: 'affected' }]),
    group('zlib1g', [fixed(cve, '1:1.3')]),
  ];
  const { findings } = await reportOf(features, groups);
  expect(findings.length).toBeGreaterThan(3);
  for (const {
    id,
    state,
    fixedIn,
    package: { name },
  } of findings) {
    const { packages } = await explain(features, groups, id);
    expect(packages.find((one) => one.name === name)).toMatchObject({ decision: 'vulnerable', state, fixedIn });
  }
});

test('where the own database of an ecosystem comes first, the others are shown not to count', async () => {
  const said = (advisory: string, fix: string) => fixed('CVE-2024-1000', fix, { advisory });
  const osv = { namespace: 'go', scheme: 'go', nameKind: 'binary', feed: 'osv' } as const;
  const advisories = [said('GO-2024-0001', '1.2.0'), said('GHSA-aaaa-bbbb-cccc', '1.5.0')];
  const installed = rpm('a', 'v1.3.0', { namespace: 'go' });
  const { packages } = await explain([installed], [group('a', advisories, osv)], 'CVE-2024-1000');
  expect(packages).toMatchObject([{ decision: 'cleared', rule: 'not older than the highest fixed version' }]);
  expect(packages[0]?.advisories.map(({ advisory, match, counts, note }) => [advisory, match, counts, note])).toEqual([
    ['GHSA-aaaa-bbbb-cccc', 'vulnerable', false, 'the own database of the ecosystem comes before that of GitHub'],
    ['GO-2024-0001', 'cleared', true, null],
  ]);
});

describe('of a package of a language', () => {
  const lodash = deb('lodash', '3.0.0', {
    type: 'npm',
    namespace: 'npm',
    path: 'app/node_modules/lodash/package.json',
  });
  const npm = { namespace: 'npm', scheme: 'npm', nameKind: 'binary', feed: 'osv' } as const;
  const advisories = [
    fixed(cve, '4.17.21', { ranges: [{ fixed: '4.17.21' }] }),
    fixed('CVE-2024-1000', '4.18.0', { ranges: [{ fixed: '4.18.0' }] }),
  ];

  test('the instruction of the layer, the nearest fix and what to do', async () => {
    const image = imageOf([{ ...lodash, confidence: 'inferred' }]);
    const layers = [{ diffId: lodash.layer, createdBy: 'RUN /bin/sh -c npm ci # buildkit' }];
    const groups = [group('lodash', advisories, npm)];
    const { packages } = await explainVulnerability(
      { ...image, layers: [lodash.layer], image: { ...image.image, layers } },
      factsOf(groups),
      { id: cve, feeds: feedsSaying(groups) },
    );
    expect(packages).toMatchObject([
      {
        ...{ decision: 'vulnerable', fixedIn: '4.17.21', nearestFix: null, fixesAll: '4.18.0' },
        ...{ layer: lodash.layer, instruction: 'RUN npm ci', confidence: 'inferred' },
        remedy: 'upgrade lodash to 4.17.21 in app/node_modules/lodash',
      },
    ]);
  });

  test('the fix where there is only one flaw, and nothing to do where there is none', async () => {
    const [only] = await explain([lodash], [group('lodash', advisories.slice(0, 1), npm)]).then((one) => one.packages);
    expect([only?.fixedIn, only?.fixesAll]).toEqual(['4.17.21', undefined]);
    const there = { ...lodash, version: '4.17.21' };
    const [cleared] = await explain([there], [group('lodash', advisories, npm)]).then((one) => one.packages);
    expect([cleared?.decision, cleared?.remedy, cleared?.nearestFix]).toEqual(['cleared', undefined, undefined]);
  });
});

test('a program that does not link what has the flaw: the reason, and the record of GitHub that does not count', async () => {
  const linkedFunctions = encodeLinkedFunctions({ os: 'linux', architecture: 'amd64' }, [['', ['New']]]);
  const module = deb('a.b/c', '1.0.0', { type: 'golang', namespace: 'go', path: 'opt/app', linkedFunctions });
  const record = { id: cve, state: 'fixed' as const, ranges: [{ fixed: '1.2.0' }] };
  const imports = [{ path: 'a.b/c', functions: ['Open'] }];
  const advisories = [
    { ...record, advisory: 'GO-2024-0001', imports },
    { ...record, advisory: 'GHSA-aaaa-bbbb-cccc' },
  ];
  const of = { namespace: 'go', scheme: 'go', nameKind: 'binary', feed: 'go-vulndb' } as const;
  const { packages } = await explain([module], [group('a.b/c', advisories, of)]);
  const reason = 'symbols not present: the program links nothing of what GO-2024-0001 names';
  expect(packages).toMatchObject([
    { decision: 'suppressed', rule: reason, suppressedBy: { kind: 'program', id: 'go-vulndb', reason } },
  ]);
  expect(packages[0]?.advisories.map(({ match, counts }) => [match, counts])).toEqual([
    ['vulnerable', false],
    ['not-linked', true],
  ]);
});
