import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createEgress, type Egress } from '@clarion/egress';
import { feedUpstream } from '@clarion/feed-upstreams';
import type { FactChange, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { startFeedServer, type FeedServer } from '@clarion/test-kit';
import { feedNamed } from '../testing/alpine-mirror';
import { takeChanges } from '../testing/recorded-changes';
import { updateFeed } from './update-feed';

// Which changed vulnerability records become rows of the outbox: feeds that only describe vulnerabilities, end to end.

const mentioned = 'CVE-2024-0001';
const alsoMentioned = 'CVE-2024-0002';
const unmentioned = 'CVE-2024-9999';
const high = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H'; // 7.5
const alsoHigh = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N'; // 7.5
const medium = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'; // 5.3

let directory: string;
let store: Store;
let server: FeedServer;
let egress: Egress;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-texts-'));
  store = await openEmbeddedStore({ directory, mentions: true });
  server = await startFeedServer();
  egress = createEgress({ privateNetworks: true });
  await mention(mentioned, alsoMentioned);
});
afterEach(async () => {
  await server.close();
  await egress.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A feed with advisories that refer to these CVEs. */
async function mention(...ids: readonly string[]): Promise<void> {
  const writer = await store.writeFeed('debian');
  const location = { namespace: 'debian:12', package: 'openssl', feed: 'debian', document: 'all', scheme: 'dpkg' };
  await writer.put(
    { ...location, nameKind: 'source', advisories: ids.map((id) => ({ id, state: 'affected' })) },
    ids.join(),
  );
  const counts = { groups: 1, statements: ids.length, problems: 0, problemSamples: [] };
  await writer.commit({ feed: 'debian', parserVersion: 1, documents: {}, ...counts });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase();

interface Row {
  readonly id: string;
  readonly change: FactChange;
}

/** Updates a feed; returns the recorded rows. */
async function update(id: string, epssThreshold?: number): Promise<readonly Row[]> {
  const source = feedNamed(id);
  const mounts = Object.fromEntries(Object.keys(source.mounts ?? {}).map((folder) => [folder, `${server.url}cves/`]));
  const here = { ...source, baseUrl: `${server.url}files/`, mounts, requestsPerSecond: 1000 };
  const deps = { upstream: feedUpstream(here, { egress }), store, now: () => new Date(), epssThreshold };
  for await (const event of updateFeed(here, deps))
    if (event.kind === 'finished') expect(event.state.lastError).toBeUndefined();
  const changes = await takeChanges(store);
  const [revision] = (await store.revisions(id, { limit: 1 })).items;
  for (const change of changes) expect(change.update).toBe(revision?.update);
  return changes.map((change) => ({ id: change.vulnerability, change }));
}

describe('the catalogue of exploited vulnerabilities', () => {
  const entry = (cveID: string, more: object = {}): object => ({ cveID, dateAdded: '2024-05-04', ...more });
  const others = Array.from({ length: 8 }, (_, at) => entry(`CVE-2023-000${at}`));
  const catalogue = (...entries: readonly object[]): void => {
    const vulnerabilities = [...others, ...entries];
    server.put('files/known_exploited_vulnerabilities.json', JSON.stringify({ count: vulnerabilities.length, vulnerabilities })); // prettier-ignore
  };

  it('reports additions and removals for CVEs that an advisory refers to, but no changed wording', async () => {
    catalogue(entry(alsoMentioned));
    expect(await update('cisa-kev')).toEqual([]);
    catalogue(entry(alsoMentioned, { requiredAction: 'Patch.', dueDate: '2024-06-01' }), entry(unmentioned), entry(mentioned)); // prettier-ignore
    const known = { feed: 'cisa-kev', knownExploited: { dateAdded: '2024-05-04', ransomware: false } };
    const location = { update: expect.any(String) as string, feed: 'cisa-kev' };
    const after = { ...known, id: mentioned };
    expect(await update('cisa-kev')).toEqual([
      { id: mentioned, change: { ...location, vulnerability: mentioned, before: null, after } },
    ]);
    catalogue(entry(alsoMentioned));
    expect(await update('cisa-kev')).toEqual([
      {
        id: mentioned,
        change: { ...location, vulnerability: mentioned, before: after, after: null },
      },
    ]);
  });
});

describe('NVD', () => {
  interface Described {
    readonly value?: string;
    readonly vector?: string;
  }
  const nvd = (cves: Readonly<Record<string, Described>>): string =>
    JSON.stringify({
      totalResults: Object.keys(cves).length,
      format: 'NVD_CVE',
      version: '2.0',
      vulnerabilities: Object.entries(cves).map(([id, { value = 'A flaw', vector }]) => {
        const metric = { source: 'nvd@nist.gov', type: 'Primary', cvssData: { version: '3.1', vectorString: vector } };
        const metrics = vector === undefined ? {} : { cvssMetricV31: [metric] };
        return { cve: { id, descriptions: [{ lang: 'en', value }], metrics } };
      }),
    });

  test('reports another severity, but not another score or description', async () => {
    const stored = async () => (await store.vulnerability(mentioned))?.texts[0];
    const load = nvd({ [mentioned]: { vector: high }, [alsoMentioned]: { vector: high }, [unmentioned]: {} });
    // All years: while one is missing, the yearly files are requested again and again.
    for (let year = 2002; year <= new Date().getUTCFullYear(); year += 1) {
      const text = year === 2024 ? load : nvd({});
      server.put(`files/nvdcve-2.0-${year}.json`, text);
      server.put(
        `files/nvdcve-2.0-${year}.meta`,
        `lastModifiedDate:${new Date().toISOString()}\r\nsha256:${sha256(text)}\r\n`,
      );
    }
    expect(await update('nvd')).toEqual([]);
    const modified = async (cves: Readonly<Record<string, Described>>): Promise<readonly string[]> => {
      const count = JSON.stringify({ totalResults: Object.keys(cves).length, vulnerabilities: [] });
      server.put('cves/2.0', count, nvd(cves));
      return (await update('nvd')).map(({ id }) => id);
    };
    expect(await modified({ [mentioned]: { value: 'Other words', vector: high } })).toEqual([]);
    expect(await stored()).toMatchObject({ description: 'Other words' });
    expect(await modified({ [mentioned]: { vector: alsoHigh } })).toEqual([]);
    expect(await stored()).toMatchObject({ cvss: [{ vector: alsoHigh }] });
    expect(await modified({ [mentioned]: { vector: medium }, [unmentioned]: { vector: high } })).toEqual([mentioned]);
    expect(await modified({ [mentioned]: {}, [alsoMentioned]: { vector: high } })).toEqual([mentioned]);
    expect((await stored())?.cvss).toBeUndefined();
  }, 300_000);
});

describe('EPSS', () => {
  const scores = (date: string, rows: Readonly<Record<string, number>>): void => {
    const lines = Object.entries(rows).map(([id, score]) => `${id},${score},0.5`);
    const text = [`#model_version:v2025,score_date:${date}T00:00:00Z`, 'cve,epss,percentile', ...lines, ''].join('\n');
    server.put('files/epss_scores-current.csv.gz', gzipSync(text));
  };
  const many = Object.fromEntries(Array.from({ length: 6000 }, (_, at) => [`CVE-2020-${10_000 + at}`, 0.01]));
  const changed = (score: number): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.keys(many).map((id) => [id, score]));

  it.each([
    ['without a threshold, nothing', undefined, []],
    ['with one, the crossings of it', 0.5, [mentioned, alsoMentioned]],
  ])(
    'reports %s',
    async (_, threshold, expected) => {
      scores('2024-01-01', { ...many, [mentioned]: 0.49, [alsoMentioned]: 0.9, [unmentioned]: 0.1 });
      expect(await update('epss', threshold)).toEqual([]);
      scores('2024-01-02', { ...changed(0.02), [mentioned]: 0.48, [alsoMentioned]: 0.8, [unmentioned]: 0.1 });
      expect(await update('epss', threshold)).toEqual([]);
      scores('2024-01-03', { ...changed(0.03), [mentioned]: 0.5, [alsoMentioned]: 0.4, [unmentioned]: 0.9 });
      const rows = await update('epss', threshold);
      expect(rows.map(({ id }) => id)).toEqual(expected);
      expect(rows.map(({ change }) => change.before)).toMatchObject(
        expected.map((id) => ({ epss: { score: id === mentioned ? 0.48 : 0.8 } })),
      );
    },
    120_000,
  );

  it('does not read stored records of scores that stay on their side of the threshold', async () => {
    scores('2024-01-01', { ...many, [mentioned]: 0.4 });
    await update('epss', 0.5);
    const asked: string[] = [];
    const real = store;
    store = {
      ...real,
      vulnerabilities: (ids) => {
        asked.push(...ids);
        return real.vulnerabilities(ids);
      },
    };
    scores('2024-01-02', { ...changed(0.02), [mentioned]: 0.6 });
    expect((await update('epss', 0.5)).map(({ id }) => id)).toEqual([mentioned]);
    store = real;
    // Up to 5000 are looked up to check whether they changed at all; of the others, the old scores are known.
    expect(asked).toHaveLength(5000);
  }, 120_000);
});
