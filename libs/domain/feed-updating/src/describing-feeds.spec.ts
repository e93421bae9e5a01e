import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEgress } from '@clarion/egress';
import { feedSources } from '@clarion/feed-sources';
import { feedUpstream } from '@clarion/feed-upstreams';
import type { FeedSource, FeedState, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { type FeedServer, startFeedServer } from '@clarion/test-kit';
import { updateFeed } from './update-feed';

// Feeds that only describe vulnerabilities, end to end from a server into a store.

let directory: string;
let store: Store;
let server: FeedServer;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-nvd-'));
  store = await openEmbeddedStore({ mentions: true, directory: path.join(directory, 'store') });
  server = await startFeedServer();
});

afterEach(async () => {
  await server.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const page = (descriptions: Readonly<Record<string, string>>, totalResults?: number): string =>
  JSON.stringify({
    totalResults: totalResults ?? Object.keys(descriptions).length,
    format: 'NVD_CVE',
    version: '2.0',
    vulnerabilities: Object.entries(descriptions).map(([id, value]) => ({
      cve: { id, descriptions: [{ lang: 'en', value }] },
    })),
  });

const count = (totalResults: number): string => JSON.stringify({ totalResults, vulnerabilities: [] });

function putYear(year: number, text: string): void {
  const sha256 = createHash('sha256').update(text).digest('hex').toUpperCase();
  server.put(`files/nvdcve-2.0-${year}.json`, text);
  server.put(`files/nvdcve-2.0-${year}.meta`, `lastModifiedDate:${new Date().toISOString()}\r\nsha256:${sha256}\r\n`);
}

function sourceOf(id: string): FeedSource {
  const found = feedSources.find((source) => source.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

/** Updates a feed whose own documents are below `files/`, and those of its mounts below `cves/`. */
async function update(id = 'nvd', force = false): Promise<{ readonly result: string; readonly state: FeedState }> {
  const source = sourceOf(id);
  const mounts = Object.fromEntries(Object.keys(source.mounts ?? {}).map((folder) => [folder, `${server.url}cves/`]));
  const here = { ...source, baseUrl: `${server.url}files/`, mounts, requestsPerSecond: 1000 };
  const egress = createEgress({ privateNetworks: true });
  const upstream = feedUpstream(here, { egress });
  try {
    for await (const event of updateFeed(here, { force, upstream, store, now: () => new Date() })) {
      if (event.kind === 'finished') return event;
    }
    throw new Error('the update never finished');
  } finally {
    await egress.close();
  }
}

const described = async (id: string) => (await store.vulnerability(id))?.texts[0]?.description;

describe('following NVD', () => {
  // All of them: while one is missing, the yearly files are requested again and again.
  const years = Array.from({ length: new Date().getUTCFullYear() - 2001 }, (_, index) => 2002 + index);
  beforeEach(async () => {
    for (const year of years) putYear(year, page({}));
    putYear(2014, page({ 'CVE-2014-0160': 'Heartbleed' }));
    putYear(2024, page({ 'CVE-2024-0001': 'old', 'CVE-2024-0002': 'stays' }));
    expect(await update()).toMatchObject({ result: 'changed', state: { problems: 0 } });
    server.requests.length = 0;
  }, 300_000);

  it('reads the yearly files, then only what was modified', async () => {
    server.put('cves/2.0', count(2), page({ 'CVE-2024-0001': 'new', 'CVE-2025-0003': 'added' }));
    const before = await store.feedStates();
    const { result, state } = await update();
    expect(result).toBe('changed');
    expect(server.requests.map((request) => request.path)).toEqual(['cves/2.0', 'cves/2.0']);
    expect(Date.parse(state.cursor ?? '')).toBeGreaterThan(Date.parse(before[0]?.cursor ?? ''));
    const ids = ['CVE-2014-0160', 'CVE-2024-0001', 'CVE-2024-0002', 'CVE-2025-0003'];
    expect(await Promise.all(ids.map(described))).toEqual(['Heartbleed', 'new', 'stays', 'added']);
    expect(Object.keys(state.documents)).toEqual(years.map((year) => `nvdcve-2.0-${year}.json`));
  });

  it('does nothing where nothing was modified', async () => {
    server.put('cves/2.0', count(0));
    expect((await update()).result).toBe('unchanged');
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['has fewer records than it states', page({ 'CVE-2024-0001': 'new' }, 2)],
    ['is cut off', page({ 'CVE-2024-0001': 'new', 'CVE-2025-0003': 'added' }).slice(0, -20)],
  ])('requests a window again if its response %s', async (_, bad) => {
    const cursor = (await store.feedStates())[0]?.cursor;
    server.put('cves/2.0', count(2), bad);
    const { state } = await update();
    expect(state.cursor).toBe(cursor);
    expect(await described('CVE-2024-0001')).toBe('old');
    server.put('cves/2.0', count(2), page({ 'CVE-2024-0001': 'new', 'CVE-2025-0003': 'added' }));
    expect((await update()).result).toBe('changed');
    expect(await described('CVE-2024-0001')).toBe('new');
  });

  it('returns to the yearly files whose digest differs when too much has changed', async () => {
    putYear(2024, page({ 'CVE-2024-0001': 'newer', 'CVE-2024-0002': 'stays' }));
    server.put('cves/2.0', count(1_000_000));
    expect((await update()).result).toBe('changed');
    const files = server.requests.map((request) => request.path).filter((asked) => asked.endsWith('.json'));
    expect(files).toEqual(['files/nvdcve-2.0-2024.json']);
    expect(await described('CVE-2024-0001')).toBe('newer');
  });
});

test('a CVE that CISA removes from its catalogue is no longer known to be exploited', async () => {
  const entry = (cveID: string): object => ({ cveID, dateAdded: '2022-05-04' });
  const catalogue = (...ids: readonly string[]): string =>
    JSON.stringify({ count: ids.length, vulnerabilities: ids.map(entry) });
  const kept = Array.from({ length: 9 }, (_, index) => `CVE-2022-000${index}`);
  const known = async (id: string) => (await store.vulnerability(id))?.texts[0]?.knownExploited;
  server.put('files/known_exploited_vulnerabilities.json', catalogue('CVE-2021-9999', ...kept));
  await update('cisa-kev');
  expect(await known('CVE-2021-9999')).toEqual({ dateAdded: '2022-05-04', ransomware: false });
  server.put('files/known_exploited_vulnerabilities.json', catalogue(...kept));
  expect((await update('cisa-kev')).result).toBe('changed');
  expect(await known('CVE-2021-9999')).toBeUndefined();
  expect(await known('CVE-2022-0008')).toBeDefined();
});

test.each([
  [
    'cisa-kev',
    'known_exploited_vulnerabilities.json',
    (ids: readonly string[]) =>
      JSON.stringify({ count: ids.length, vulnerabilities: ids.map((cveID) => ({ cveID, dateAdded: '2025-01-01' })) }),
  ],
  [
    'epss',
    'epss_scores-current.csv',
    (ids: readonly string[]) => ['cve,epss,percentile', ...ids.map((id) => `${id},0.5,0.5`), ''].join('\n'),
  ],
])(
  '%s: a document with a single entry removes nothing until that is accepted',
  async (id, name, text) => {
    const ids = Array.from({ length: 1404 }, (_, index) => `CVE-2024-${10_000 + index}`);
    const stored = async (): Promise<number> => {
      let count = 0;
      for await (const one of store.texts(id)) count += one.id === '' ? 0 : 1;
      return count;
    };
    server.put(`files/${name}`, text(ids));
    expect((await update(id)).result).toBe('changed');
    server.put(`files/${name}`, text(ids.slice(0, 1)));
    const shrunk = await update(id);
    expect(shrunk).toMatchObject({ result: 'held', state: { failingSince: expect.any(String) as string } });
    expect(shrunk.state.lastError).toBe(
      `${id} would lose 1403 of 1404 vulnerabilities at once; if that is right, accept it with clarion update ${id} --force, and the --from or --feeds-dir that it came by`,
    );
    expect(await stored()).toBe(1404);
    // A loss of up to a fifth is accepted.
    server.put(`files/${name}`, text(ids.slice(0, 1124)));
    expect((await update(id)).result).toBe('changed');
    expect(await stored()).toBe(1124);
    // The same loss again and again is not.
    server.put(`files/${name}`, text(ids.slice(0, 1000)));
    const sliced = await update(id);
    expect(sliced.result).toBe('held');
    expect(sliced.state.lastError).toMatch(/^\S+ would lose 404 of 1404 vulnerabilities since \d{4}-\d\d-\d\d; if /);
    expect(await stored()).toBe(1124);
    server.put(`files/${name}`, text(ids.slice(0, 1)));
    expect((await update(id)).result).toBe('held');
    const forced = await update(id, true);
    expect(forced.result).toBe('changed');
    expect(forced.state).not.toHaveProperty('lastError');
    expect(await stored()).toBe(1);
  },
  60_000,
);
