import { pathToFileURL } from 'node:url';
import { feedName, type FeedSource } from '@clarion/model';
import { configuredFeeds, enabledFeeds, mirroredFeeds } from './index';

const config = '/etc/clarion/clarion.yaml';
const feed = (id: string, feeds: unknown): FeedSource | undefined =>
  configuredFeeds({ config, feeds }).find((one) => feedName(one) === id);

describe('feeds without configuration', () => {
  it.each([undefined, null, {}])('are the built-in ones: %p', (feeds) => {
    expect(configuredFeeds({ feeds }).map(({ id }) => id)).toContain('alpine-secdb');
    expect(configuredFeeds({ feeds }).some(({ own }) => own === true)).toBe(false);
  });

  it('do not include those that are disabled by default', () => {
    const ids = enabledFeeds({}).map(({ id }) => id);
    expect(ids).toContain('osv');
    expect(ids).not.toContain('wolfi');
    expect(ids).not.toContain('chainguard');
  });
});

describe('configuration of feeds', () => {
  it('enables and disables feeds', () => {
    expect(feed('wolfi', { enable: ['wolfi'] })).toMatchObject({ enabled: true });
    expect(feed('osv', { disable: ['osv'] })).toMatchObject({ enabled: false });
    expect(enabledFeeds({ feeds: { disable: ['osv'] } }).map(({ id }) => id)).not.toContain('osv');
  });

  it.each([
    ['https://mirror.example/alpine', 'https://mirror.example/alpine/'],
    ['https://mirror.example/alpine/', 'https://mirror.example/alpine/'],
    ['http://mirror.example/', 'http://mirror.example/'],
    ['mirror/alpine', `${pathToFileURL('/etc/clarion/mirror/alpine').href}/`],
    ['/srv/alpine/', `${pathToFileURL('/srv/alpine').href}/`],
  ])('sets the URL of a feed to %s', (location, baseUrl) => {
    expect(feed('alpine-secdb', { urls: { 'alpine-secdb': location } })).toMatchObject({ baseUrl });
  });

  it('stores a feed from another URL under its name and that URL, and reports it by its name', () => {
    const moved = (location: string, from = config): FeedSource | undefined =>
      configuredFeeds({ config: from, feeds: { urls: { nvd: location } } }).find((one) => feedName(one) === 'nvd');
    const locations = [
      '/srv/nvd',
      'https://mirror.example/nvd',
      'http://mirror.example/nvd',
      'https://mirror.example:444/nvd',
    ];
    const ids = locations.map((location) => moved(location)?.id);
    expect(new Set([...ids, feed('nvd', {})?.id]).size).toBe(locations.length + 1);
    expect(ids.every((id) => /^nvd@[0-9a-f]{16}$/.test(id ?? ''))).toBe(true);
    const same = ['/srv/nvd/', '/srv/x/../nvd', 'HTTPS://user:word@mirror.example:443/nvd/'];
    expect(same.map((location) => moved(location)?.id)).toEqual([ids[0], ids[0], ids[1]]);
    expect(moved('nvd', '/srv/clarion.yaml')?.id).toBe(ids[0]);
    expect(moved('https://user:word@mirror.example/nvd')?.location).toBe('https://mirror.example/nvd/');
    expect(mirroredFeeds(configuredFeeds({}), '/srv').find((one) => feedName(one) === 'nvd')?.id).toBe(ids[0]);
  });

  it('leaves a feed unchanged if its default URL is configured', () => {
    const { baseUrl = '' } = feed('nvd', {}) ?? {};
    expect(feed('nvd', { urls: { nvd: baseUrl } })).toEqual(feed('nvd', {}));
  });

  it('does not mirror own data on this machine', () => {
    const own = [
      { id: 'here', format: 'osv', from: '/srv/acme' },
      { id: 'there', format: 'osv', from: 'https://acme.example/' },
    ];
    const configured = configuredFeeds({ feeds: { own } });
    const [here, there] = mirroredFeeds(configured, 'https://mirror.example');
    expect(here).toBe(configured[0]);
    expect([there?.location, there?.id === configured[1]?.id]).toEqual(['https://mirror.example/there/', false]);
  });

  it.each([
    ['advisories', 'osv', `${pathToFileURL('/etc/clarion/advisories').href}/`, '<name>.{json,ndjson,jsonl,zip,tar}'],
    ['advisories/all.zip', 'osv', `${pathToFileURL('/etc/clarion/advisories').href}/`, 'all.zip'],
    ['records.ndjson.gz', 'osv', `${pathToFileURL('/etc/clarion').href}/`, 'records.ndjson'],
    ['https://acme.example/osv/all.zip', 'osv', 'https://acme.example/osv/', 'all.zip'],
    ['https://acme.example/osv', 'osv', 'https://acme.example/osv/', '<name>.{json,ndjson,jsonl,zip,tar}'],
  ])('adds own data from %s', (from, format, baseUrl, file) => {
    expect(feed('acme', { own: [{ id: 'acme', format, from }] })).toMatchObject({ own: true, baseUrl, layout: [file] });
  });

  it('stores own data under its name and source', () => {
    const stored = (choice: object, location = config): string | undefined => {
      const own = [{ id: 'acme', format: 'osv', from: 'advisories', ...choice }];
      return configuredFeeds({ config: location, feeds: { own } })[0]?.id;
    };
    const ids = [
      stored({}),
      stored({}, '/srv/other/clarion.yaml'),
      stored({ from: 'advisories/all.zip' }),
      stored({ from: 'https://acme.example/osv/' }),
      stored({ format: 'secdb', namespace: 'wolfi' }),
      stored({ format: 'secdb', namespace: 'chainguard' }),
      stored({ id: 'other' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(0, -1).every((id) => /^acme@[0-9a-f]{16}$/.test(id ?? ''))).toBe(true);
    expect(stored({})).toBe(ids[0]);
    expect(stored({ from: './advisories/' })).toBe(ids[0]);
  });

  it("lets own data cover the user's namespaces without a change of its stored id", () => {
    const feed = (covers: object) => {
      const own = [{ id: 'acme', format: 'osv', from: '.', ...covers }];
      return configuredFeeds({ config, feeds: { own } })[0];
    };
    expect(feed({})?.namespaces).toEqual([]);
    expect(feed({ covers: ['x-acme'] })).toMatchObject({ id: feed({})?.id, namespaces: ['x-acme'] });
  });

  it('lists own data first, in the configured order, which is its precedence', () => {
    const own = ['second', 'first'].map((id) => ({ id, format: 'secdb', from: '.', namespace: 'wolfi' }));
    expect(
      configuredFeeds({ feeds: { own } })
        .slice(0, 3)
        .map((one) => feedName(one)),
    ).toEqual(['second', 'first', expect.stringMatching(/^al/) as unknown]);
  });

  it.each([
    ['a list', [], /feeds is not a list of "name: value" lines/],
    ['an unknown key', { enabled: ['wolfi'] }, /feeds\.enabled is unknown/],
    ['a text where a list belongs', { enable: 'wolfi' }, /feeds\.enable is not a list/],
    ['an unknown feed', { enable: ['wolfy'] }, /no feed "wolfy"/],
    [
      'a feed that is to be on and off',
      { enable: ['osv', 'wolfi'], disable: ['nvd', 'wolfi'] },
      /"wolfi" is both in feeds\.enable and in feeds\.disable/,
    ],
    ['an unknown feed with an address', { urls: { constructor: 'https://x.example/' } }, /no feed "constructor"/],
    ['an address of an unknown kind', { urls: { osv: 'ftp://x.example/' } }, /not a place for a feed/],
    ['a number', { urls: { osv: 7 } }, /feeds\.urls\.osv is not a text/],
    ['an own feed without a location', { own: [{ id: 'acme', format: 'osv' }] }, /feeds\.own\[0\]\.from is not a text/],
    [
      'an unknown format',
      { own: [{ id: 'acme', format: 'csv', from: '.' }] },
      /feeds\.own\[0\]\.format is not a format/,
    ],
    ['an unknown key of an own feed', { own: [{ id: 'acme', url: '.' }] }, /feeds\.own\[0\]\.url is unknown/],
    ['an id of this build', { own: [{ id: 'osv', format: 'osv', from: '.' }] }, /"osv" of feeds\.own is there already/],
    [
      'the id of own vulnerabilities of the API',
      { own: [{ id: 'own-vulnerabilities', format: 'osv', from: '.' }] },
      /is there already/,
    ],
    [
      'a distribution that own data covers',
      { own: [{ id: 'acme', format: 'osv', from: '.', covers: ['alpine:v3.20'] }] },
      /Feed acme cannot cover "alpine:v3.20"/,
    ],
    [
      'what is covered as a text',
      { own: [{ id: 'acme', format: 'osv', from: '.', covers: 'x-acme' }] },
      /feeds\.own\[0\]\.covers is not a list/,
    ],
    ['SecDB without a namespace', { own: [{ id: 'acme', format: 'secdb', from: '.' }] }, /names no namespace/],
    [
      'an id twice',
      { own: ['acme', 'acme'].map((id) => ({ id, format: 'osv', from: '.' })) },
      /"acme" of feeds\.own is there already/,
    ],
  ])('rejects %s', (_, feeds, message) => {
    expect(() => configuredFeeds({ config, feeds })).toThrow(message);
    expect(() => configuredFeeds({ config, feeds })).toThrow(
      expect.objectContaining({ code: 'invalid-input' }) as Error,
    );
  });
});
