import { deb, debianFeed, loadedAt, namespaceOf, rpm, stateOf } from '@clarion/test-kit/match-facts';
import { alpine, type CoverageCase, coverageOf, debian, neverLoaded } from '../../testing/coverage-of';
import { hasAdvisoryData } from './coverage';

const ownFeed = { id: 'acme', own: true as const, namespaces: [], refreshMinutes: 0 };
const osvFeed = { id: 'osv', namespaces: ['npm', 'pypi'], refreshMinutes: 60 };
const ofNpm = deb('a', '1', { type: 'npm', namespace: 'npm', path: 'app/node_modules/a/package.json' });

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

  const rows: readonly (readonly [string, CoverageCase, string])[] = [
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
