import type { FeedState, PlacedFeature } from '@clarion/model';
import { deb, debianFeed, factsOf, imageOf, loadedAt, namespaceOf, options, rpm, stateOf } from '@clarion/test-kit/match-facts';
import { hasAdvisoryData } from './coverage';
import { makeReport } from '../make-report';
import type { ReportOptions } from '../report-options';

const debian = stateOf('debian-security-tracker', ['debian:11', 'debian:12']);
const alpine = stateOf('alpine-secdb', ['alpine:v3.20']);
const ownFeed = { id: 'acme', own: true as const, namespaces: [], refreshMinutes: 0 };
const osvFeed = { id: 'osv', namespaces: ['npm', 'pypi'], refreshMinutes: 60 };
const ofNpm = deb('a', '1', { type: 'npm', namespace: 'npm', path: 'app/node_modules/a/package.json' });
const neverLoaded: FeedState = {
  feed: 'debian-security-tracker',
  parserVersion: 1,
  documents: {},
  lastAttempt: loadedAt,
  lastError: 'unreachable',
  groups: 0,
  statements: 0,
  problems: 0,
  problemSamples: [],
};

interface Case {
  readonly features?: readonly PlacedFeature[];
  readonly states?: readonly FeedState[];
  readonly image?: Parameters<typeof imageOf>[1];
  readonly options?: Partial<ReportOptions>;
}

async function coverageOf(of: Case): Promise<Awaited<ReturnType<typeof makeReport>>['coverage']> {
  const facts = factsOf([], { states: of.states ?? [debian, alpine] });
  const report = await makeReport(imageOf(of.features ?? [deb('a', '1')], of.image), facts, {
    ...options,
    ...of.options,
  });
  return report.coverage;
}

describe('coverage', () => {
  test('rule 30: names the feeds with data about exactly this namespace, and how old it is', async () => {
    expect(await coverageOf({})).toEqual({
      namespaces: [{ id: 'debian:12', feeds: ['debian-security-tracker'], endOfLife: '2028-06-30', support: 'dated' }],
      uncovered: [],
      undetermined: [],
      ecosystems: [],
      feeds: [
        {
          id: 'debian-security-tracker',
          role: 'advisories',
          updatedAt: loadedAt,
          revision: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
          stale: false,
        },
      ],
      complete: true,
    });
  });

  test('what was recognised and not read is listed, and makes a report incomplete unless it is accepted or read', async () => {
    const npm = { id: 'npm', files: 3, example: 'app/node_modules/a/package.json', layer: 'sha256:1' };
    const image = { ecosystems: [npm, { ...npm, id: 'dpkg' }] };
    const listed = { ...npm, reason: 'no detector reads npm packages', accepted: false };
    expect(await coverageOf({ image })).toMatchObject({ ecosystems: [listed], complete: false });
    const accepted = { image, options: { acceptedEcosystems: ['npm'] } };
    expect(await coverageOf(accepted)).toMatchObject({ ecosystems: [{ ...listed, accepted: true }], complete: true });
  });

  test('several feeds about one namespace, in order of their ids', async () => {
    const other = stateOf('acme', ['debian:12']);
    const feed = { ...debianFeed, id: 'acme' };
    const { namespaces, feeds } = await coverageOf({ states: [debian, other], options: { feeds: [debianFeed, feed] } });
    expect(namespaces[0]?.feeds).toEqual(['acme', 'debian-security-tracker']);
    expect(feeds.map(({ id }) => id)).toEqual(['acme', 'debian-security-tracker']);
  });

  test('own data covers nothing, and its age is reported', async () => {
    const own = stateOf('acme', ['debian:12']);
    const { namespaces, feeds } = await coverageOf({
      states: [debian, own],
      options: { feeds: [ownFeed, debianFeed] },
    });
    expect(namespaces[0]?.feeds).toEqual(['debian-security-tracker']);
    expect(feeds.map(({ id }) => id)).toEqual(['acme', 'debian-security-tracker']);
  });

  test('only feeds of the configuration count, whatever is stored', async () => {
    const foreign = stateOf('acme', ['debian:12']);
    expect(await coverageOf({ states: [debian, foreign] })).toEqual(await coverageOf({}));
    const off = { ...debianFeed, id: 'acme', enabled: false };
    expect(await coverageOf({ states: [debian, foreign], options: { feeds: [debianFeed, off] } })).toEqual(
      await coverageOf({}),
    );
    const { namespaces } = await coverageOf({ states: [foreign] });
    expect(namespaces[0]?.feeds).toEqual([]);
  });

  const rows: readonly (readonly [string, Case, string])[] = [
    [
      'rule 19: a release newer than the data',
      { features: [deb('a', '1', { namespace: 'debian:99' })] },
      'no advisory data for this release',
    ],
    [
      'a release of which only add-ons are spoken of',
      {
        features: [rpm('a', '1', { namespace: 'sles:15.7' })],
        states: [
          stateOf('suse', [], {
            documents: {
              updates: { validators: {}, groups: 2, namespaces: ['sles:15.6', 'sles:15.7'], addOnsOnly: ['sles:15.7'] },
            },
          }),
        ],
        options: { feeds: [{ ...debianFeed, id: 'suse', namespaces: ['sles:*'] }] },
      },
      'no advisory data for this release',
    ],
    [
      'Leap, of which only the packages that it borrows are spoken of',
      {
        features: [rpm('a', '1', { namespace: 'opensuse-leap:15.3' })],
        states: [stateOf('suse', ['sles:15.3'])],
        options: { feeds: [{ ...debianFeed, id: 'suse', namespaces: ['sles:*', 'opensuse-leap:*'] }] },
      },
      'no advisory data for this release',
    ],
    [
      'rule 19: RHEL 10 without a feed',
      { features: [rpm('a', '1', { namespace: 'rhel:10' })] },
      'no feed for this distribution',
    ],
    [
      'a feed that was never tried',
      { states: [] },
      'feed debian-security-tracker has not been loaded yet: run clarion update',
    ],
    [
      'a feed that always failed',
      { states: [neverLoaded] },
      'feed debian-security-tracker has not been loaded yet: run clarion update',
    ],
    [
      'a feed about one release only',
      {
        features: [deb('a', '1', { namespace: 'acme' })],
        options: { feeds: [{ ...debianFeed, namespaces: ['acme'] }] },
      },
      'no advisory data for this release',
    ],
    [
      'a pattern is not a prefix without star',
      {
        features: [deb('a', '1', { namespace: 'acme:1' })],
        options: { feeds: [{ ...debianFeed, namespaces: ['acme'] }] },
      },
      'no feed for this distribution',
    ],
    [
      'a feed that is off: never a clean bill',
      {
        features: [deb('a', '1', { namespace: 'wolfi' })],
        options: { feeds: [debianFeed, { ...debianFeed, id: 'wolfi', namespaces: ['wolfi'], enabled: false }] },
      },
      'no advisory source enabled for this distribution: feed wolfi is off; name it in feeds.enable, or take it out of feeds.disable',
    ],
    [
      'own data alone',
      { states: [stateOf('acme', ['debian:12'])], options: { feeds: [ownFeed] } },
      'no feed for this distribution',
    ],
    [
      'no distribution',
      { features: [deb('a', '1', { namespace: null })], image: { namespaces: [] } },
      'distribution unknown',
    ],
    [
      'a database of another system',
      { features: [rpm('a', '1', { namespace: null })], image: { namespaces: [namespaceOf('debian:12')] } },
      'rpm database does not belong to the distribution debian:12',
    ],
    ['a language that no feed covers', { features: [ofNpm] }, 'no feed covers npm'],
    [
      'a language with a feed that was never tried',
      { features: [ofNpm], options: { feeds: [debianFeed, osvFeed] } },
      'feed osv has not been loaded yet: run clarion update',
    ],
    [
      'a language with a feed that has no data about it',
      { features: [ofNpm], states: [stateOf('osv', ['pypi'])], options: { feeds: [osvFeed] } },
      'no advisory data for npm',
    ],
    [
      'a language with a feed that is off',
      { features: [ofNpm], options: { feeds: [{ ...osvFeed, enabled: false }] } },
      'no advisory source enabled for npm: feed osv is off; name it in feeds.enable, or take it out of feeds.disable',
    ],
  ];

  test.each(rows)('%s', async (__, of, reason) => {
    const { uncovered, complete } = await coverageOf(of);
    expect(uncovered).toMatchObject([{ package: 'a', version: '1', reason }]);
    expect(complete).toBe(false);
  });

  test('a language is covered beside a distribution and without one, whatever its vendor is', async () => {
    const feeds = { states: [debian, stateOf('osv', ['npm'])], options: { feeds: [debianFeed, osvFeed] } };
    const npm = { id: 'npm', feeds: ['osv'], endOfLife: null, support: 'unknown' };
    const vendored = { ...ofNpm, vendor: 'Docker <support@docker.com>' };
    expect(await coverageOf({ features: [vendored], image: { namespaces: [] }, ...feeds })).toMatchObject({
      namespaces: [npm],
      uncovered: [],
      complete: true,
    });
    const beside = await coverageOf({ features: [deb('b', '1'), ofNpm], ...feeds });
    expect(beside.namespaces.map(({ id }) => id)).toEqual(['debian:12', 'npm']);
    expect(beside.complete).toBe(true);
  });

  test('packages of a language that no feed is about leave nothing out where the distribution owns all of them', async () => {
    const owned = { ...ofNpm, owner: 'node-a' };
    const { namespaces, uncovered, complete } = await coverageOf({ features: [deb('node-a', '1'), owned] });
    expect([namespaces.map(({ id }) => id), uncovered, complete]).toEqual([['debian:12'], [], true]);

    const withOwn = await coverageOf({ features: [deb('node-a', '1'), owned, { ...ofNpm, name: 'b' }] });
    expect(withOwn.uncovered.map((one) => one.package)).toEqual(['b']);
    expect([withOwn.namespaces.map(({ id }) => id), withOwn.complete]).toEqual([['debian:12', 'npm'], false]);

    const withFeed = await coverageOf({ features: [owned], options: { feeds: [debianFeed, osvFeed] } });
    expect([withFeed.uncovered.length, withFeed.complete]).toEqual([1, false]);
  });

  test('a namespace that only the image names, without packages of it, still needs a feed', async () => {
    const { complete, namespaces } = await coverageOf({ image: { channels: [namespaceOf('alpine:edge', 'apk')] } });
    expect(namespaces).toContainEqual({ id: 'alpine:edge', feeds: [], endOfLife: null, support: 'rolling' });
    expect(complete).toBe(false);
  });

  test('uncovered packages are sorted, and a package with several architectures is listed once', async () => {
    const features = [rpm('b', '1'), rpm('a', '2'), rpm('a', '1'), rpm('a', '1', { architecture: 'i686' })];
    const { uncovered } = await coverageOf({ features });
    expect(uncovered.map((p) => `${p.package} ${p.version}`)).toEqual(['a 1', 'a 2', 'b 1']);
  });

  test('rule 24: third-party packages are listed, and alone do not make the report incomplete', async () => {
    const docker = deb('docker-ce', '5:24.0', { vendor: 'Docker <support@docker.com>' });
    const { uncovered, complete } = await coverageOf({ features: [docker, deb('a', '1')] });
    expect(uncovered).toEqual([
      {
        package: 'docker-ce',
        version: '5:24.0',
        namespace: 'debian:12',
        reason: "third-party package (Docker): not in the distribution's advisories",
      },
    ]);
    expect(complete).toBe(true);
  });

  test('a problem anywhere makes the report incomplete', async () => {
    const problems = [{ layer: null, code: 'missing-layer' as const, message: 'layer 2 is not in the archive' }];
    expect((await coverageOf({ image: { problems } })).complete).toBe(false);
  });

  test('no packages: no report can be complete', async () => {
    expect(await coverageOf({ features: [] })).toMatchObject({
      namespaces: [],
      uncovered: [],
      feeds: [],
      complete: false,
    });
  });

  test('feeds of other distributions do not matter', async () => {
    const { feeds, complete } = await coverageOf({ states: [debian] });
    expect(feeds.map(({ id }) => id)).toEqual(['debian-security-tracker']);
    expect(complete).toBe(true);
  });
});

describe('stale feeds', () => {
  const at = (lastSuccess: string): FeedState => stateOf('debian-security-tracker', ['debian:12'], { lastSuccess });
  const weekly = { feeds: [{ ...debianFeed, refreshMinutes: 7 * 24 * 60 }] };
  const rows: readonly (readonly [string, string, Partial<ReportOptions>, boolean])[] = [
    ['an hourly feed, two days old', '2025-11-18T12:00:00Z', {}, false],
    ['an hourly feed, a minute older', '2025-11-18T11:59:00Z', {}, true],
    ['a weekly feed, four weeks old', '2025-10-23T12:00:00Z', weekly, false],
    ['a weekly feed, a minute older', '2025-10-23T11:59:00Z', weekly, true],
    ['at the given limit', '2025-11-20T11:00:00Z', { maxFeedAgeMinutes: 60 }, false],
    ['beyond the given limit', '2025-11-20T10:59:00Z', { maxFeedAgeMinutes: 60 }, true],
    ['a time of a clock that is ahead a little', '2025-11-20T13:00:00Z', {}, false],
    ['a time in the future', '2025-11-20T13:01:00Z', {}, true],
    ['a time of another millennium', '2999-01-01T00:00:00Z', { maxFeedAgeMinutes: 1 }, true],
    ['a time that cannot be read', 'yesterday', {}, true],
  ];

  test.each(rows)('%s', async (__, lastSuccess, more, stale) => {
    const { feeds, complete } = await coverageOf({ states: [at(lastSuccess)], options: more });
    expect(feeds).toMatchObject([{ id: 'debian-security-tracker', updatedAt: lastSuccess, stale }]);
    expect(complete).toBe(!stale);
  });

  test.each([
    ['an old mirror that was just read', '2025-11-01T00:00:00Z', true],
    ['a new mirror', '2025-11-20T10:00:00Z', false],
    ['a mirror whose clock is ahead a little', '2025-11-20T12:59:00Z', false],
    ['a mirror of tomorrow', '2025-11-21T10:00:00Z', true],
    ['a mirror of another millennium', '2999-01-01T00:00:00Z', true],
    ['a mirror whose time cannot be read', '', true],
  ])('%s', async (__, mirroredAt, stale) => {
    const { feeds, complete } = await coverageOf({ states: [{ ...at('2025-11-20T11:59:00Z'), mirroredAt }] });
    expect([feeds[0]?.stale, complete]).toEqual([stale, !stale]);
  });

  test('the time shown is when facts changed, not when they were last checked', async () => {
    const state = { ...at('2025-11-20T11:59:00Z'), lastChange: '2025-11-01T00:00:00Z' };
    const { feeds } = await coverageOf({ states: [state] });
    expect(feeds).toMatchObject([{ updatedAt: '2025-11-01T00:00:00Z', stale: false }]);
  });

  test('the time shown is that of the newest document, where all of them say theirs', async () => {
    const document = (modifiedAt?: string): FeedState['documents'][string] => {
      return {
        validators: {},
        groups: 1,
        namespaces: ['debian:12'],
        ...(modifiedAt === undefined ? {} : { modifiedAt }),
      };
    };
    const lastChange = '2025-11-19T00:00:00Z';
    const of = async (documents: FeedState['documents']): Promise<string | null | undefined> =>
      (await coverageOf({ states: [{ ...debian, documents, lastChange }] })).feeds[0]?.updatedAt;
    const [old, recent] = [document('2025-10-01T00:00:00Z'), document('2025-11-02T00:00:00Z')];
    expect(await of({ a: recent, b: old })).toBe('2025-11-02T00:00:00Z');
    expect(await of({ a: recent, b: document() })).toBe(lastChange);
  });

  test('a revision names the data: its documents and their patches, not when they were fetched', async () => {
    const revision = async (more: Partial<FeedState>): Promise<string | null | undefined> =>
      (await coverageOf({ states: [{ ...debian, ...more }] })).feeds[0]?.revision;
    const document = (contentDigest: string, patched?: string): FeedState['documents'][string] => {
      const known = { validators: { contentDigest, etag: `"${Math.random()}"` }, groups: 1, namespaces: ['debian:12'] };
      return { ...known, ...(patched === undefined ? {} : { patched }) };
    };
    const first = await revision({ documents: { a: document('sha256:1'), b: document('sha256:2') } });
    const again = { b: document('sha256:2'), a: document('sha256:1') };
    expect(await revision({ documents: again, lastChange: '2025-11-20T01:00:00Z', cursor: 'x' })).toBe(first);
    const others: readonly Partial<FeedState>[] = [
      { documents: { a: document('sha256:1'), b: document('sha256:3') } },
      { documents: { a: document('sha256:1') } },
      { documents: { a: document('sha256:1'), b: document('sha256:2', 'p') } },
      { documents: again, parserVersion: 2 },
    ];
    const revisions = await Promise.all(others.map(revision));
    expect(new Set([first, ...revisions]).size).toBe(5);
  });

  test('a feed that was never loaded is missing, not stale', async () => {
    const { feeds, complete } = await coverageOf({ states: [neverLoaded] });
    expect(feeds).toMatchObject([{ id: 'debian-security-tracker', updatedAt: null, revision: null, stale: false }]);
    expect(complete).toBe(false);
  });
});

describe('hasAdvisoryData', () => {
  test.each([
    ['an empty store', [], false],
    ['a feed that never loaded', [neverLoaded], false],
    ['a feed that loaded nothing', [stateOf('x', [], { groups: 0 })], false],
    ['a loaded feed', [neverLoaded, alpine], true],
  ] as const)('%s', (__, states, expected) => {
    expect(hasAdvisoryData(states)).toBe(expected);
  });
});

describe('feeds that describe vulnerabilities', () => {
  const nvd = { id: 'nvd', namespaces: [], rates: true, refreshMinutes: 120 };
  const epss = { id: 'epss', namespaces: [], rates: false, refreshMinutes: 120 };
  const of = (states: readonly FeedState[]) =>
    coverageOf({ features: [deb('zlib1g', '1')], states, options: { feeds: [debianFeed, epss, nvd] } });

  test('rule 30: are named with their role and age', async () => {
    const { feeds } = await of([debian, stateOf('nvd', []), stateOf('epss', [])]);
    expect(feeds).toMatchObject([
      { id: 'debian-security-tracker', role: 'advisories', updatedAt: loadedAt },
      { id: 'epss', role: 'scores', updatedAt: loadedAt },
      { id: 'nvd', role: 'severities', updatedAt: loadedAt },
    ]);
  });

  test.each([
    ['that failed', [{ ...neverLoaded, feed: 'nvd' }], { updatedAt: null, revision: null, stale: false }],
    ['that were never asked for', [], { updatedAt: null, revision: null, stale: false }],
    ['that are stale', [stateOf('nvd', [], { lastSuccess: '2025-01-01T00:00:00Z' })], { stale: true }],
  ])('rule 29: %s are named, and leave the report complete', async (_, states, expected) => {
    const { feeds, complete } = await of([debian, ...states]);
    expect(feeds[2]).toMatchObject({ id: 'nvd', ...expected });
    expect(complete).toBe(true);
  });

  test('do not cover an image that no other feed covers', async () => {
    const { feeds } = await coverageOf({
      features: [rpm('zlib', '1')],
      states: [stateOf('nvd', [])],
      options: { feeds: [debianFeed, nvd] },
    });
    expect(feeds).toEqual([]);
  });
});
