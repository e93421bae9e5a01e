import { feedSources, ownVulnerabilities } from '@clarion/feed-sources';
import type { AdvisoryGroup, FeedSource } from '@clarion/model';
import { type TestInstallation, openssl, startInstallation, stateDebian } from '../testing/installation';

// A store may hold the own data of other projects: lookups return only what this installation has configured.

const page = { limit: 10 };
const id = 'CVE-2023-5678';
const theirs = 'acme@0123456789abcdef';

function groupOf(feed: string, name: string, ids: readonly string[]): AdvisoryGroup {
  const advisories = ids.map((one) => ({ id: one, state: 'fixed' as const, ranges: [{ fixed: '9' }] }));
  return {
    feed,
    namespace: 'debian:12',
    package: name,
    document: 'a.json',
    nameKind: 'either',
    scheme: 'dpkg',
    advisories,
  };
}

async function state(here: TestInstallation, feed: string): Promise<void> {
  const writer = await here.store.writeFeed(feed);
  await writer.put(groupOf(feed, 'openssl', [id, 'ACME-1']), 'a');
  await writer.put(groupOf(feed, 'zz-clean', ['ACME-2']), 'b');
  for (const one of [id, 'ACME-1', 'ACME-2']) await writer.putText({ feed, id: one, description: 'Their words' });
  await writer.commit({
    ...{ feed, parserVersion: 3, documents: {}, lastSuccess: '2026-01-01T00:00:00Z' },
    ...{ groups: 2, statements: 3, problems: 0, problemSamples: [] },
  });
}

describe('own data of another project', () => {
  let here: TestInstallation;
  beforeAll(async () => {
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    await state(here, theirs);
  });
  afterAll(() => here.close());

  it('is not returned for a vulnerability', async () => {
    const found = await here.useCases.vulnerabilities.get(id, {}, page);
    expect(found.advisories.map(({ feed }) => feed)).toEqual(['debian-security-tracker']);
    expect(found.records.filter(({ feed }) => feed === theirs)).toEqual([]);
    expect(JSON.stringify(found)).not.toContain('acme');
    for (const unknown of ['ACME-1', 'ACME-2']) {
      await expect(here.useCases.vulnerabilities.get(unknown, {}, page)).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('is not returned for a package', async () => {
    const ids = async (name: string): Promise<readonly string[]> =>
      (await here.useCases.vulnerabilities.list({ namespace: 'debian:12', package: name }, page)).items.map(
        (one) => one.id,
      );
    expect(await ids('openssl')).toEqual([id]);
    expect(await ids('zz-clean')).toEqual([]);
  });
});

describe('own data of this installation', () => {
  it('is returned under its name', async () => {
    const own: FeedSource = { ...ownVulnerabilities, id: theirs, name: 'acme' };
    const here = await startInstallation({ feeds: [own] });
    await state(here, theirs);
    const found = await here.useCases.vulnerabilities.get('ACME-2', {}, page);
    expect(found.advisories.map(({ feed }) => feed)).toEqual(['acme']);
    expect(found.records.map(({ feed }) => feed)).toEqual(['acme']);
    await here.close();
  });
});

describe('a vulnerability that several records of a feed name', () => {
  it('has all of them, and of another CVE among their aliases none', async () => {
    const cve = 'CVE-2023-5000';
    const here = await startInstallation({ feeds: feedSources.filter(({ id: feed }) => feed === 'osv') });
    const writer = await here.store.writeFeed('osv');
    const about = async (record: string, namespace: string): Promise<void> => {
      const advisory = { id: cve, aliases: ['CVE-2023-5001', record], advisory: record, state: 'affected' as const };
      const key = { namespace, package: 'ws', document: namespace, nameKind: 'binary' as const, scheme: 'npm' };
      await writer.put({ feed: 'osv', ...key, advisories: [advisory] }, record);
      await writer.putText({ feed: 'osv', id: record, aliases: [cve] });
    };
    await about('GHSA-4', 'npm');
    await about('GHSA-3', 'pypi');
    await writer.putText({ feed: 'osv', id: 'CVE-2023-5001' });
    await writer.commit({
      ...{ feed: 'osv', parserVersion: 4, documents: {}, lastSuccess: '2026-01-01T00:00:00Z' },
      ...{ groups: 2, statements: 2, problems: 0, problemSamples: [] },
    });
    const found = await here.useCases.vulnerabilities.get(cve, {}, page);
    expect(found.records.map((record) => record.id)).toEqual(['GHSA-3', 'GHSA-4']);
    expect(found.aliases).toEqual(['CVE-2023-5001', 'GHSA-3', 'GHSA-4']);
    await here.close();
  });
});

describe('a package without advisories', () => {
  const named = (ids: readonly string[]): FeedSource[] =>
    feedSources
      .filter(({ id: feed }) => ids.includes(feed))
      .map((feed) => (feed.id === 'alpine-secdb' ? { ...feed, enabled: false } : feed));
  let here: TestInstallation;
  beforeAll(async () => {
    here = await startInstallation({ feeds: named(['debian-security-tracker', 'alpine-secdb', 'redhat-oval', 'osv']) });
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
  });
  afterAll(() => here.close());

  it('has an empty list where there is data about its distribution', async () => {
    const { vulnerabilities } = here.useCases;
    expect(await vulnerabilities.list({ namespace: 'debian:12', package: 'zlib' }, page)).toEqual({ items: [] });
    const filter = { namespace: 'debian:12', package: 'zlib' };
    expect(await vulnerabilities.get(id, filter, page)).toMatchObject({ advisories: [] });
  });

  it.each<[namespace: string, code: string, says: RegExp]>([
    ['debian:99', 'not-found', /^No feed has data about packages of debian:99$/],
    ['debian:11', 'not-found', /^No feed has data about packages of debian:11$/],
    ['centos:7', 'not-found', /^No feed has data about packages of centos:7$/],
    ['nonsense', 'not-found', /^No feed has data about packages of nonsense$/],
    ['alpine:v3.22', 'switched-off', /: alpine-secdb is off$/],
  ])('is an error, and not an empty list, where there is no data: %s', async (namespace, code, says) => {
    const { vulnerabilities } = here.useCases;
    const refused = { code, message: expect.stringMatching(says) as string };
    await expect(vulnerabilities.list({ namespace, package: 'zlib' }, page)).rejects.toMatchObject(refused);
    await expect(vulnerabilities.get(id, { namespace }, page)).rejects.toMatchObject(refused);
  });
});
