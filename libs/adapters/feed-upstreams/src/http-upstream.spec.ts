import { gzipSync } from 'node:zlib';
import { createEgress, type Egress } from '@clarion/egress';
import type { FetchResult, DocumentValidators } from '@clarion/model';
import { startFeedServer, type FeedServer, type FeedServerOptions, until } from '@clarion/test-kit';
import { httpUpstream, type HttpOptions } from './http-upstream';
import { mirrorUpstream } from './mirror-upstream';

let server: FeedServer;
let egress: Egress;

async function start(
  options: FeedServerOptions = {},
  more: Partial<HttpOptions> = {},
): Promise<ReturnType<typeof httpUpstream>> {
  await server.close();
  server = await startFeedServer(options);
  return httpUpstream({ baseUrl: `${server.url}feed`, egress, requestsPerSecond: 1000, ...more });
}

beforeEach(async () => {
  server = await startFeedServer();
  egress = createEgress({ privateNetworks: true }, { limits: { firstDelayMillis: 5, maxDelayMillis: 2000 } });
});

afterEach(async () => {
  await egress.close();
  await server.close();
});

async function textOf(answer: FetchResult): Promise<string> {
  if (answer.kind !== 'content') return answer.kind;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function readTwice(upstream: ReturnType<typeof httpUpstream>): Promise<readonly [string, string]> {
  const first = await upstream.get('json');
  const validators: DocumentValidators = first.kind === 'content' ? first.validators : {};
  return [await textOf(first), await textOf(await upstream.get('json', validators))];
}

describe('httpUpstream', () => {
  it.each<[NonNullable<FeedServerOptions['validators']>, string]>([
    ['both', 'unchanged'],
    ['etag', 'unchanged'],
    ['last-modified', 'unchanged'],
    ['none', 'body'],
  ])('sends conditional requests (server honours: %s)', async (validators, second) => {
    const upstream = await start({ validators });
    server.put('feed/json', 'body');
    expect(await readTwice(upstream)).toEqual(['body', second]);
    expect(server.requests.map(({ status }) => status)).toEqual([200, second === 'body' ? 200 : 304]);
  });

  it('reads the new content once it changes', async () => {
    const upstream = await start();
    server.put('feed/json', 'old', 'new');
    expect(await readTwice(upstream)).toEqual(['old', 'new']);
  });

  it.each<[string, string, string | Buffer, boolean]>([
    ['a transfer that is encoded', 'feed/json', 'body', true],
    ['a compressed file', 'feed/json.gz', gzipSync('body'), false],
    ['a compressed file in an encoded transfer', 'feed/json.gz', gzipSync('body'), true],
    ['a suffix that is not true', 'feed/json.xz', 'body', false],
  ])('reads %s', async (_, path, body, contentEncoding) => {
    const upstream = await start({ contentEncoding });
    server.put(path, body);
    expect(await textOf(await upstream.get('json'))).toBe('body');
  });

  it('requests compressed files as they are', async () => {
    const upstream = await start({ contentEncoding: true });
    server.put('feed/all.json.gz', gzipSync('body'));
    expect(await textOf(await upstream.get('all.json.gz'))).toBe('body');
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('reports when a document is missing under every suffix', async () => {
    const upstream = await start();
    server.put('feed/other', '');
    expect(await upstream.get('json')).toEqual({ kind: 'missing' });
    expect(server.requests.map(({ path }) => path)).toEqual(
      ['', '.gz', '.xz', '.zst', '.bz2'].map((end) => `feed/json${end}`),
    );
  });

  it('reports a truncated body', async () => {
    const upstream = await start();
    server.put('feed/json', 'x'.repeat(100_000));
    server.fault('feed/json', { kind: 'truncate', bytes: 5000 });
    const reading = upstream.get('json').then(textOf);
    await expect(reading).rejects.toMatchObject({ code: 'upstream-unavailable' });
  });

  it.each([
    ['cut off', { kind: 'cut', bytes: 40 } as const],
    ['damaged', { kind: 'corrupt' } as const],
  ])('reports gzip that is %s', async (_, fault) => {
    const upstream = await start();
    server.put('feed/json.gz', gzipSync(Array.from({ length: 200 }, (__, index) => index * 7919).join()));
    server.fault('feed/json.gz', fault);
    await expect(textOf(await upstream.get('json'))).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it.each([
    [429, 'upstream-unavailable', 4],
    [503, 'upstream-unavailable', 4],
    [403, 'upstream-unavailable', 1],
    [401, 'unauthorized', 1],
    [204, 'upstream-unavailable', 1],
  ])('status %s is %s after %s requests', async (status, code, requests) => {
    const upstream = await start();
    server.put('feed/json', 'body');
    server.fault('feed/json', { kind: 'status', status });
    await expect(upstream.get('json')).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(requests);
  });

  it('waits as long as the server demands and retries', async () => {
    const upstream = await start();
    server.put('feed/json', 'body');
    server.fault('feed/json', { kind: 'status', status: 429, retryAfter: '1', times: 1 });
    const started = performance.now();
    expect(await textOf(await upstream.get('json'))).toBe('body');
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it('rejects "not modified" for an unconditional request', async () => {
    const upstream = await start();
    server.fault('feed/json', { kind: 'status', status: 304 });
    await expect(upstream.get('json')).rejects.toMatchObject({ code: 'upstream-unavailable' });
  });

  it('keeps to its limits', async () => {
    const upstream = await start({}, { maxBytes: 1000 });
    server.put('feed/json', 'x'.repeat(2000));
    const reading = upstream.get('json').then(textOf);
    await expect(reading).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('follows redirects of the document and of the index', async () => {
    const upstream = await start();
    server.put('feed/json', 'old');
    server.put('moved/json', 'new');
    server.fault('feed/json', { kind: 'redirect', location: '/moved/json' });
    server.fault('feed/', { kind: 'redirect', location: '/moved/' });
    expect(await textOf(await upstream.get('json'))).toBe('new');
    expect(await upstream.list('')).toEqual(['json']);
  });

  it('lists index pages without compression suffixes', async () => {
    const upstream = await start();
    server.put('feed/last-update', '');
    server.put('feed/v3.20/main.json.gz', '');
    server.put('feed/v3.20/main.json', '');
    expect(await upstream.list('')).toEqual(['last-update', 'v3.20/']);
    expect(await upstream.list('v3.20/')).toEqual(['main.json']);
    await expect(upstream.list('v3.99/')).rejects.toMatchObject({ code: 'upstream-unavailable' });
  });

  it('never requests a path above its base', async () => {
    const upstream = await start();
    await expect(upstream.get('../json')).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(upstream.list('..')).rejects.toMatchObject({ code: 'invalid-input' });
    expect(server.requests).toEqual([]);
  });

  it('does not exceed its request rate', async () => {
    const upstream = await start({}, { requestsPerSecond: 20 });
    server.put('feed/json', 'body');
    const started = performance.now();
    await Promise.all(Array.from({ length: 11 }, async () => textOf(await upstream.get('json'))));
    expect(performance.now() - started).toBeGreaterThan(450);
  });

  it('stops when its signal aborts', async () => {
    const stop = new AbortController();
    const upstream = await start({}, { signal: stop.signal });
    server.put('feed/json', 'body');
    server.fault('feed/json', { kind: 'slow', millis: 5000 });
    const answer = upstream.get('json');
    await Promise.all([
      expect(answer).rejects.toMatchObject({ name: 'AbortError' }),
      until('it is asked', () => server.arrived.includes('feed/json')).then(() => {
        stop.abort();
      }),
    ]);
  });
});

describe('mirrorUpstream', () => {
  it('reads a feed below a URL', async () => {
    server.put('mirror/debian-security-tracker/json', '{}');
    for (const from of [`${server.url}mirror`, `${server.url}mirror/`]) {
      const upstream = mirrorUpstream({ from, feed: 'debian-security-tracker', egress });
      expect(await textOf(await upstream.get('json'))).toBe('{}');
    }
  });

  it('reads a feed below a directory', async () => {
    const upstream = mirrorUpstream({ from: __dirname, feed: '.', egress });
    expect(await textOf(await upstream.get('index.ts'))).toContain('mirrorUpstream');
  });
});
