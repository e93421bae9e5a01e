import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createEgress } from '@clarion/egress';
import { feedSources } from '@clarion/feed-sources';
import { directoryUpstream, httpUpstream } from '@clarion/feed-upstreams';
import type { FeedSource, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { sharedMaterial, startFeedServer } from '@clarion/test-kit';
import { extract } from 'tar-stream';
import { updateFeed } from './update-feed';
import type { FeedFinished } from './events';

function sourceOf(id: string): FeedSource {
  const found = feedSources.find((source) => source.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-real-'));
  store = await openEmbeddedStore({ directory: path.join(directory, 'store') });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function update(id: string, upstream: Upstream): Promise<FeedFinished> {
  let finished: FeedFinished | undefined;
  for await (const event of updateFeed(sourceOf(id), { upstream, store, now: () => new Date() })) {
    if (event.kind === 'finished') finished = event;
  }
  if (finished === undefined) throw new Error('the update never finished');
  return finished;
}

const secdb = sharedMaterial('feeds', 'alpine', 'secdb');
const derived = sharedMaterial('feeds', 'debian', 'DERIVED-security-tracker-from-osv-2025-02-12.json.gz');
const fixtures = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');

(secdb === undefined ? describe.skip : describe)('Alpine SecDB, all branches (shared/feeds/alpine/secdb)', () => {
  it('is stored whole from a directory; an unchanged second update writes nothing', async () => {
    const first = await update('alpine-secdb', directoryUpstream(secdb ?? ''));
    expect(first).toMatchObject({
      result: 'changed',
      written: { groups: 8000, removed: 0 },
      state: { groups: 8000, statements: 85_020, problems: 59 },
    });
    expect(Object.keys(first.state.documents)).toHaveLength(41);
    const second = await update('alpine-secdb', directoryUpstream(secdb ?? ''));
    expect(second).toMatchObject({ result: 'unchanged', written: { groups: 0, removed: 0, texts: 0 } });
  }, 300_000);

  it('is requested only conditionally once it is known', async () => {
    const server = await startFeedServer();
    const egress = createEgress({ privateNetworks: true });
    try {
      for (const branch of readdirSync(secdb ?? '')) {
        for (const file of readdirSync(path.join(secdb ?? '', branch))) {
          server.put(`${branch}/${file.slice(0, -3)}`, gunzipSync(readFileSync(path.join(secdb ?? '', branch, file))));
        }
      }
      server.put('last-update', '2025-02-12');
      const upstream = httpUpstream({ baseUrl: server.url, egress, requestsPerSecond: 1000 });
      expect((await update('alpine-secdb', upstream)).written.groups).toBe(8000);
      server.requests.length = 0;
      expect((await update('alpine-secdb', upstream)).result).toBe('unchanged');
      expect(server.requests.map(({ status }) => status)).toEqual(Array(43).fill(304));
    } finally {
      await egress.close();
      await server.close();
    }
  }, 300_000);
});

(derived === undefined ? describe.skip : describe)('derived Debian tracker, volume only (shared/feeds/debian)', () => {
  it('is stored whole; an unchanged second update writes nothing, even from a copy', async () => {
    const folder = path.join(directory, 'feed');
    cpSync(derived ?? '', path.join(folder, 'json.gz'));
    const first = await update('debian-security-tracker', directoryUpstream(folder));
    expect(first).toMatchObject({ result: 'changed', state: { statements: 99_782, problems: 0 } });
    expect(first.written.texts).toBeGreaterThan(30_000);
    expect((await update('debian-security-tracker', directoryUpstream(folder))).result).toBe('unchanged');
    const copy = path.join(directory, 'copy');
    cpSync(derived ?? '', path.join(copy, 'json.gz'));
    expect((await update('debian-security-tracker', directoryUpstream(copy))).result).toBe('unchanged');
  }, 300_000);
});

(fixtures === undefined ? describe.skip : describe)('wire excerpts (shared/feeds/formats)', () => {
  async function files(prefix: string): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    const archive = extract();
    archive.end(gunzipSync(readFileSync(fixtures ?? '')));
    for await (const entry of archive) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
      if (entry.header.name.startsWith(prefix) && entry.header.type === 'file')
        found.set(entry.header.name.slice(prefix.length), Buffer.concat(chunks));
    }
    return found;
  }

  async function served(
    documents: ReadonlyMap<string, Buffer>,
    work: (upstream: Upstream) => Promise<void>,
  ): Promise<void> {
    const server = await startFeedServer();
    const egress = createEgress({ privateNetworks: true }, { limits: { retries: 0 } });
    for (const [name, body] of documents) server.put(name, body);
    try {
      await work(httpUpstream({ baseUrl: server.url, egress, requestsPerSecond: 1000 }));
    } finally {
      await egress.close();
      await server.close();
    }
  }

  it('of the Debian tracker are parsed', async () => {
    const all = await files('pkg/fetch/debian/tracker/api/');
    await served(new Map([['json', all.get('advisory.json') ?? Buffer.alloc(0)]]), async (upstream) => {
      expect(await update('debian-security-tracker', upstream)).toMatchObject({
        result: 'changed',
        state: { statements: 8, problems: 0 },
      });
    });
    const groups = await store.advisories([
      ['debian:11', '389-ds-base'],
      ['debian:unstable', 'wordpress'],
    ]);
    expect(groups.map(({ advisories }) => advisories)).toEqual([
      [
        { id: 'CVE-2012-0833', state: 'not_affected', severity: 'Negligible', vendorSeverity: 'unimportant' },
        { id: 'CVE-2016-5405', state: 'fixed', ranges: [{ fixed: '1.3.5.15-1' }], vendorSeverity: 'not yet assigned' },
        {
          id: 'CVE-2016-5416',
          state: 'will_not_fix',
          vendorSeverity: 'not yet assigned',
          reason: 'ignored: Minor issue',
        },
      ],
      [{ id: 'TEMP-0000000-0CA7E3', state: 'not_affected', severity: 'Negligible', vendorSeverity: 'unimportant' }],
    ]);
  });

  it('of the Debian tracker that are broken are rejected', async () => {
    const all = await files('pkg/fetch/debian/tracker/api/');
    await served(new Map([['json', all.get('invalid.json') ?? Buffer.alloc(0)]]), async (upstream) => {
      expect((await update('debian-security-tracker', upstream)).result).toBe('failed');
    });
  });

  it('of Alpine are found through the real index pages', async () => {
    const documents = new Map<string, Buffer>();
    for (const [name, body] of await files('pkg/fetch/alpine/secdb/'))
      documents.set(name.replace(/indexof\.html$/, ''), body);
    await served(documents, async (upstream) => {
      const { result, state } = await update('alpine-secdb', upstream);
      expect(result).toBe('changed');
      expect(Object.keys(state.documents).sort()).toEqual([
        'edge/community.json',
        'edge/main.json',
        'v3.16/community.json',
        'v3.16/main.json',
        'v3.2/main.json',
      ]);
    });
  });
});
