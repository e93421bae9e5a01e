import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createEgress, type Egress } from '@clarion/egress';
import { feedSources } from '@clarion/feed-sources';
import { httpUpstream } from '@clarion/feed-upstreams';
import type { AdvisoryGroup, FeedSource, FeedState, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { startFeedServer, type FeedServer } from '@clarion/test-kit';
import type { AdvisoriesChanged, FeedEvent, FeedFinished } from './events';
import { updateFeed, type UpdateDependencies } from './update-feed';

const alpine = sourceOf('alpine-secdb');
const debian = sourceOf('debian-security-tracker');

function sourceOf(id: string): FeedSource {
  const found = feedSources.find((source) => source.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

let directory: string;
let store: Store;
let server: FeedServer;
let egress: Egress;
let clock: number;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-updating-'));
  store = await openEmbeddedStore({ directory });
  egress = createEgress({ privateNetworks: true }, { limits: { retries: 0 } });
  server = await startFeedServer();
  clock = Date.UTC(2026, 0, 1);
});

afterEach(async () => {
  await server.close();
  await egress.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function upstream(): Upstream {
  return httpUpstream({ baseUrl: server.url, egress, requestsPerSecond: 1000 });
}

interface Outcome {
  readonly events: readonly FeedEvent[];
  readonly finished: FeedFinished;
  readonly changes: readonly AdvisoriesChanged[];
  readonly documents: Readonly<Record<string, string>>;
}

/** Runs one update, an hour after the one before. */
async function update(source: FeedSource, more: Partial<UpdateDependencies> = {}): Promise<Outcome> {
  clock += 3_600_000;
  const events: FeedEvent[] = [];
  const deps = { upstream: upstream(), store, now: () => new Date(clock), ...more };
  for await (const event of updateFeed(source, deps)) events.push(event);
  const finished = events.at(-1);
  if (finished?.kind !== 'finished') throw new Error('the last event is not "finished"');
  expect(await stateOf(source)).toEqual(finished.state);
  return {
    events,
    finished,
    changes: events.flatMap((event) => (event.kind === 'advisories.changed' ? [event] : [])),
    documents: Object.fromEntries(
      events.flatMap((event) => (event.kind === 'document' ? [[event.document, event.outcome]] : [])),
    ),
  };
}

async function stateOf(source: FeedSource): Promise<FeedState | undefined> {
  return (await store.feedStates()).find(({ feed }) => feed === source.id);
}

async function stored(namespace: string, name: string): Promise<readonly AdvisoryGroup[]> {
  return store.advisories([[namespace, name]]);
}

async function fixedIn(namespace: string, name: string): Promise<Record<string, string | undefined>> {
  const groups = await stored(namespace, name);
  return Object.fromEntries(
    groups.flatMap((group) => group.advisories.map(({ id, state, ranges }) => [id, ranges?.[0]?.fixed ?? state])),
  );
}

type Secfixes = Readonly<Record<string, Readonly<Record<string, readonly string[]>> | null>>;

function secdb(packages: Secfixes): string {
  return JSON.stringify({
    packages: Object.entries(packages).map(([name, secfixes]) => ({ pkg: { name, secfixes } })),
  });
}

/** `count` packages with one fix each. */
function many(count: number, version = '1.0-r0'): Secfixes {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`package-${index}`, { [version]: [`CVE-2024-${1000 + index}`] }]),
  );
}

const openssl = { '3.1.4-r0': ['CVE-2023-5363'], '3.1.4-r1': ['CVE-2023-5678'] };

function putAlpine(): void {
  server.put('last-update', '1');
  server.put('v3.19/main.json', secdb({ openssl, zlib: { '0': ['CVE-2023-6992'] } }));
  server.put('v3.20/main.json', secdb({ openssl }));
  server.put('v3.20/community.json', secdb({ jenkins: { '2.0-r0': ['CVE-2024-1'] } }));
}

describe('a failure', () => {
  const faults = [
    ['a body cut short', { kind: 'truncate', bytes: 50 }],
    ['a body that ends early where HTTP cannot tell', { kind: 'cut', bytes: 50 }],
    ['status 503', { kind: 'status', status: 503 }],
    ['status 403', { kind: 'status', status: 403 }],
    ['status 429 for longer than anyone waits', { kind: 'status', status: 429, retryAfter: '86400' }],
    ['a page instead of the document', { kind: 'redirect', location: '/sorry.html' }],
  ] as const;

  it.each(faults)('%s keeps the last good facts', async (_, fault) => {
    server.put('json', JSON.stringify({ p: { 'CVE-2024-0001': { releases: { sid: { status: 'open' } } } } }));
    server.put('sorry.html', '<html>Sorry</html>');
    await update(debian);
    server.put('json', JSON.stringify({ a: { 'CVE-2024-0002': { releases: { sid: { status: 'open' } } } }, p: {} }));
    server.fault('json', fault);
    const { finished, changes } = await update(debian);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({
      outcome: 'failed',
      state: {
        lastAttempt: '2026-01-01T02:00:00.000Z',
        lastSuccess: '2026-01-01T01:00:00.000Z',
        lastError: expect.stringContaining('json') as string,
      },
    });
    expect(await stored('debian:unstable', 'p')).toHaveLength(1);
    expect(await stored('debian:unstable', 'a')).toEqual([]);
    server.fault('json', undefined);
    expect((await update(debian)).finished).toMatchObject({
      outcome: 'changed',
      state: { lastSuccess: '2026-01-01T03:00:00.000Z' },
    });
    expect(await stateOf(debian)).not.toHaveProperty('lastError');
    expect(await stored('debian:unstable', 'a')).toHaveLength(1);
  });

  it.each([
    ['a flipped byte', { kind: 'corrupt' }],
    ['its end missing', { kind: 'cut', bytes: 2000 }],
  ] as const)('of a compressed document, with %s, keeps the last good facts', async (_, fault) => {
    const ids = Array.from({ length: 500 }, (_id, at) => [
      `CVE-${at}-${(at * 7919) % 9973}`,
      { releases: { sid: { status: 'open' } } },
    ]);
    server.put('json', gzipSync(JSON.stringify({ p: Object.fromEntries(ids.slice(1)) as unknown })));
    await update(debian);
    server.put('json', gzipSync(JSON.stringify({ p: Object.fromEntries(ids) as unknown })));
    server.fault('json', fault);
    expect((await update(debian)).finished).toMatchObject({ outcome: 'failed', state: { statements: 499 } });
    expect((await stored('debian:unstable', 'p'))[0]?.advisories).toHaveLength(499);
    server.fault('json', undefined);
    expect((await update(debian)).finished).toMatchObject({ outcome: 'changed', state: { statements: 500 } });
  });

  it('is not what a redirect to the document is', async () => {
    server.put('moved/json', JSON.stringify({ p: { 'CVE-2024-0001': { releases: { sid: { status: 'open' } } } } }));
    server.fault('json', { kind: 'redirect', location: '/moved/json' });
    expect((await update(debian)).finished.outcome).toBe('changed');
    expect((await update(debian)).finished.outcome).toBe('unchanged');
  });

  it.each(faults)('%s of one document does not hold up the others', async (_, fault) => {
    putAlpine();
    server.put('sorry.html', '<html>Sorry</html>');
    await update(alpine);
    server.put('v3.19/main.json', secdb({ openssl: { '9.9-r9': ['CVE-2099-0001'] } }));
    server.put(
      'v3.20/main.json',
      secdb({ openssl: { '8.8-r8': ['CVE-2088-0001'] }, more: { '1.0-r0': ['CVE-2024-5'] } }),
    );
    server.fault('v3.19/main.json', fault);
    const { finished, changes, documents } = await update(alpine);
    expect(finished).toMatchObject({
      outcome: 'failed',
      state: {
        lastSuccess: '2026-01-01T01:00:00.000Z',
        lastError: expect.stringContaining('v3.19/main.json') as string,
      },
    });
    expect(documents).toEqual({ 'v3.19/main.json': 'failed', 'v3.20/main.json': 'applied' });
    expect(changes.map((change) => change.package)).toEqual(['openssl', 'more']);
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({ 'CVE-2088-0001': '8.8-r8' });
    expect(await fixedIn('alpine:v3.19', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
    server.fault('v3.19/main.json', undefined);
    expect((await update(alpine)).finished.outcome).toBe('changed');
    expect(await fixedIn('alpine:v3.19', 'openssl')).toEqual({ 'CVE-2099-0001': '9.9-r9' });
  });

  it('of a new document leaves everything as it was', async () => {
    putAlpine();
    await update(alpine);
    server.put('last-update', '2');
    server.put('v3.20/main.json', secdb({ openssl: { '8.8-r8': ['CVE-2088-0001'] } }));
    server.put('v3.21/main.json', '{');
    expect((await update(alpine)).finished.outcome).toBe('failed');
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
  });

  it('of the index leaves everything as it was', async () => {
    putAlpine();
    await update(alpine);
    server.fault('last-update', { kind: 'status', status: 500 });
    expect((await update(alpine)).finished).toMatchObject({
      outcome: 'failed',
      state: { groups: 4, lastError: expect.stringContaining('cannot be listed') as string },
    });
  });

  it('of too many documents ends the attempts', async () => {
    for (let minor = 1; minor <= 9; minor += 1) server.put(`v3.${minor}/main.json`, secdb({ openssl }));
    await update(alpine);
    server.requests.length = 0;
    for (let minor = 1; minor <= 9; minor += 1) server.put(`v3.${minor}/main.json`, '{');
    expect((await update(alpine)).finished).toMatchObject({ outcome: 'failed', state: { groups: 9 } });
    expect(server.requests.length).toBeLessThan(150);
  });

  it('of a record is counted and shown', async () => {
    server.put(
      'json',
      JSON.stringify({
        p: { 'CVE-2024-0001': { releases: { sid: { status: 'parked' }, trixie: { status: 'open' } } } },
      }),
    );
    const { finished } = await update(debian);
    expect(finished).toMatchObject({
      outcome: 'changed',
      state: { problems: 1, problemSamples: ['p CVE-2024-0001 sid: Unknown status "parked"'] },
    });
    expect((await update(debian)).finished.state).toMatchObject({
      problems: 1,
      problemSamples: finished.state.problemSamples,
    });
  });
});

describe('a feed that shrinks', () => {
  it('is held until it is forced', async () => {
    server.put('v3.20/main.json', secdb(many(100)));
    await update(alpine);
    server.put('v3.20/main.json', secdb(many(79)));
    const held = await update(alpine);
    expect(held.finished).toMatchObject({
      outcome: 'held',
      state: {
        groups: 100,
        lastSuccess: '2026-01-01T01:00:00.000Z',
        lastError: expect.stringContaining('21 of 100 packages') as string,
      },
    });
    expect(held.documents).toEqual({ 'v3.20/main.json': 'held' });
    expect(held.changes).toEqual([]);
    expect(await stored('alpine:v3.20', 'package-99')).toHaveLength(1);
    expect((await update(alpine)).finished.outcome).toBe('held');
    const forced = await update(alpine, { force: true });
    expect(forced.finished).toMatchObject({ outcome: 'changed', written: { removed: 21 }, state: { groups: 79 } });
    expect(forced.changes).toHaveLength(21);
    expect(forced.finished.state).not.toHaveProperty('lastError');
  });

  it('is applied when it shrinks a little', async () => {
    server.put('v3.20/main.json', secdb(many(100)));
    await update(alpine);
    server.put('v3.20/main.json', secdb(many(80)));
    expect((await update(alpine)).finished).toMatchObject({ outcome: 'changed', state: { groups: 80 } });
  });

  it('is held when statements vanish from packages that stay', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `CVE-2024-${1000 + index}`);
    server.put('v3.20/main.json', secdb({ linux: { '1.0-r0': ids } }));
    await update(alpine);
    server.put('v3.20/main.json', secdb({ linux: { '1.0-r0': ids.slice(10) } }));
    expect((await update(alpine)).finished).toMatchObject({ outcome: 'held', state: { statements: 30 } });
  });

  it('does not hold up other documents', async () => {
    server.put('v3.19/main.json', secdb(many(100)));
    server.put('v3.20/main.json', secdb({ openssl }));
    await update(alpine);
    server.put('v3.19/main.json', secdb(many(10)));
    server.put('v3.20/main.json', secdb({ openssl, zlib: { '1.0-r0': ['CVE-2024-1'] } }));
    const { finished, changes } = await update(alpine);
    expect(finished.outcome).toBe('held');
    expect(changes).toMatchObject([{ package: 'zlib' }]);
  });

  it('is held as a whole when many small documents shrink', async () => {
    const branches = Array.from({ length: 10 }, (_, index) => `v3.${index + 1}/main.json`);
    for (const name of branches) server.put(name, secdb(many(10)));
    await update(alpine);
    for (const name of branches) server.put(name, secdb(many(5)));
    expect((await update(alpine)).finished).toMatchObject({
      outcome: 'held',
      state: { groups: 100, lastError: expect.stringContaining('50 of 100') as string },
    });
  });
});

describe('an update that ends early', () => {
  it('by its signal leaves the facts and frees the writer', async () => {
    putAlpine();
    await update(alpine);
    server.put('v3.20/main.json', secdb({ ...many(20), openssl: { '8.8-r8': ['CVE-2088-0001'] } }));
    const stop = new AbortController();
    const run = async () => {
      for await (const event of updateFeed(alpine, {
        upstream: upstream(),
        store,
        now: () => new Date(),
        signal: stop.signal,
      })) {
        if (event.kind === 'progress' && event.document === 'v3.20/main.json') stop.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(await fixedIn('alpine:v3.20', 'openssl')).toMatchObject({ 'CVE-2023-5363': '3.1.4-r0' });
    expect((await update(alpine)).finished.outcome).toBe('changed');
  });

  it('because nobody listens any more leaves the facts and frees the writer', async () => {
    putAlpine();
    for await (const event of updateFeed(alpine, { upstream: upstream(), store, now: () => new Date() })) {
      if (event.kind === 'progress' && event.groups > 0) break;
    }
    expect(await stored('alpine:v3.20', 'openssl')).toEqual([]);
    expect((await update(alpine)).finished.written.groups).toBe(4);
  });

  it('by a failure of the store throws', async () => {
    putAlpine();
    const full = new Error('disk full');
    const broken: Store = {
      ...store,
      async writeFeed(feed) {
        return { ...(await store.writeFeed(feed)), put: () => Promise.reject(full) };
      },
    };
    await expect(update(alpine, { store: broken })).rejects.toBe(full);
    expect(await stateOf(alpine)).toBeUndefined();
    expect((await update(alpine)).finished.outcome).toBe('changed');
  });

  it('because another one runs throws and disturbs nothing', async () => {
    putAlpine();
    const writer = await store.writeFeed(alpine.id);
    await expect(update(alpine)).rejects.toMatchObject({ code: 'invalid-input' });
    await writer.abort();
    expect((await update(alpine)).finished.outcome).toBe('changed');
  });
});
