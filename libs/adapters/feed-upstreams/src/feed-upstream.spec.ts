import { createEgress, type Egress } from '@clarion/egress';
import type { FetchResult } from '@clarion/model';
import { startFeedServer, type FeedServer } from '@clarion/test-kit';
import { feedUpstream, type FeedLocation } from './feed-upstream';

let server: FeedServer;
let other: FeedServer;
let egress: Egress;

beforeAll(async () => {
  server = await startFeedServer();
  other = await startFeedServer();
  egress = createEgress({ privateNetworks: true }, { limits: { retries: 0 } });
});

afterAll(async () => {
  await egress.close();
  await server.close();
  await other.close();
});

beforeEach(() => {
  server.requests.length = 0;
  other.requests.length = 0;
});

function open(more: Partial<FeedLocation> = {}): ReturnType<typeof feedUpstream> {
  return feedUpstream({ baseUrl: `${server.url}feed/`, requestsPerSecond: 1000, ...more }, { egress });
}

async function textOf(answer: FetchResult): Promise<string> {
  if (answer.kind !== 'content') return answer.kind;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('feedUpstream', () => {
  it('reads documents below a mounted folder from its own base', async () => {
    server.put('feed/main.json', 'main');
    other.put('raw/deep/a b.yaml', 'mounted');
    const upstream = open({ mounts: { 'rejections/': `${other.url}raw/` } });
    expect(await textOf(await upstream.get('main.json'))).toBe('main');
    expect(await textOf(await upstream.get('rejections/deep/a b.yaml'))).toBe('mounted');
    expect(await upstream.list('rejections/')).toEqual(['deep/']);
    expect(await upstream.list('rejections/deep/')).toEqual(['a b.yaml']);
    expect(await textOf(await upstream.get('rejections.json'))).toBe('missing');
    expect(other.requests.map(({ path }) => path)).toEqual(['raw/deep/a b.yaml', 'raw/', 'raw/deep/']);
  });

  it('turns paths into queries, relative to the base they belong to', async () => {
    server.put('feed/cve.json', 'a page');
    other.put('rest/2.0', 'a window');
    const upstream = open({
      mounts: { 'api/': `${other.url}rest/` },
      locate: (path) =>
        path.startsWith('api/') ? '2.0?startIndex=0' : path.replace(/^list\/(\d+)\.json$/, 'cve.json?page=$1'),
    });
    expect(await textOf(await upstream.get('list/3.json'))).toBe('a page');
    expect(await textOf(await upstream.get('api/window'))).toBe('a window');
    expect(await textOf(await upstream.get('plain.json'))).toBe('missing');
    expect(server.requests.map(({ query }) => query)).toEqual(['?page=3', '', '', '', '', '']);
    expect(other.requests.map(({ query }) => query)).toEqual(['?startIndex=0']);
  });

  it.each(['../other', 'https://elsewhere.example/', '//elsewhere.example/', '/root'])(
    'never leaves its base, whatever %s a path becomes',
    async (location) => {
      await expect(open({ locate: () => location }).get('x')).rejects.toMatchObject({ code: 'invalid-input' });
      expect(server.requests).toEqual([]);
    },
  );

  it('sends requests no faster than the upstream allows', async () => {
    server.put('feed/main.json', 'main');
    const upstream = open({ requestsPerSecond: 10 });
    const started = performance.now();
    for (let count = 0; count < 4; count += 1) await upstream.get('main.json');
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  it('reports the size of a body and how much of it has arrived', async () => {
    server.put('feed/main.json', 'x'.repeat(1000));
    const answer = await open().get('main.json');
    if (answer.kind !== 'content') throw new Error(answer.kind);
    expect([answer.size, answer.received?.()]).toEqual([1000, 0]);
    await textOf(answer);
    expect(answer.received?.()).toBe(1000);
  });

  it('retries after the delay that an error response asks for', async () => {
    server.put('feed/main.json', 'main');
    server.fault('feed/main.json', { kind: 'status', status: 403, retryAfter: '0', times: 2 });
    expect(await textOf(await open().get('main.json'))).toBe('main');
    server.fault('feed/main.json', { kind: 'status', status: 403, retryAfter: '3600' });
    await expect(open().get('main.json')).rejects.toMatchObject({ code: 'upstream-unavailable' });
    server.fault('feed/main.json', { kind: 'status', status: 403 });
    await expect(open().get('main.json')).rejects.toThrow(/403/);
    server.fault('feed/main.json', undefined);
    expect(server.requests.map(({ status }) => status)).toEqual([403, 403, 200, 403, 403]);
  });
});
