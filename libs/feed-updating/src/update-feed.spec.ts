import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEgress, type Egress } from '@clarion/egress';
import { feedSources } from '@clarion/feed-sources';
import { httpUpstream } from '@clarion/feed-upstreams';
import type { AdvisoryGroup, FeedSource, FeedState, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { startFeedServer, type FeedServer, type FeedServerOptions } from '@clarion/test-kit';
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

async function serve(options: FeedServerOptions): Promise<void> {
  await server.close();
  server = await startFeedServer(options);
}

function upstream(): Upstream {
  return httpUpstream({ baseUrl: server.url, egress, requestsPerSecond: 1000 });
}

/** Requests but those for Alpine's lists of rejected flaws, which this server does not have. */
function askedFor(): FeedServer['requests'] {
  return server.requests.filter((request) => !request.path.startsWith('rejections/'));
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

const openssl = { '3.1.4-r0': ['CVE-2023-5363'], '3.1.4-r1': ['CVE-2023-5678'] };

function putAlpine(): void {
  server.put('last-update', '1');
  server.put('v3.19/main.json', secdb({ openssl, zlib: { '0': ['CVE-2023-6992'] } }));
  server.put('v3.20/main.json', secdb({ openssl }));
  server.put('v3.20/community.json', secdb({ jenkins: { '2.0-r0': ['CVE-2024-1'] } }));
}

describe('a first import', () => {
  it('stores everything and notifies nobody', async () => {
    putAlpine();
    const { finished, changes, documents } = await update(alpine);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({ outcome: 'changed', written: { groups: 4, removed: 0, texts: 0 } });
    expect(finished.state).toMatchObject({
      feed: 'alpine-secdb',
      groups: 4,
      statements: 6,
      problems: 0,
      lastSuccess: '2026-01-01T01:00:00.000Z',
    });
    expect(finished.state.documents['v3.20/main.json']).toMatchObject({ groups: 1, namespaces: ['alpine:v3.20'] });
    expect(finished.state.documents['v3.20/main.json']?.validators).toMatchObject({
      etag: expect.any(String) as string,
      lastModified: expect.any(String) as string,
      contentDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    expect(Object.values(documents)).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
    expect(await fixedIn('alpine:v3.19', 'zlib')).toEqual({ 'CVE-2023-6992': 'not_affected' });
  });

  it('stores nothing when one of the documents is broken, since nobody would see the hole', async () => {
    putAlpine();
    server.fault('v3.20/main.json', { kind: 'cut', bytes: 40 });
    const { finished } = await update(alpine);
    expect(finished.outcome).toBe('failed');
    expect(finished.state).toMatchObject({
      groups: 0,
      documents: {},
      lastError: expect.stringContaining('v3.20/main.json') as string,
    });
    expect(finished.state).not.toHaveProperty('lastSuccess');
    expect(await stored('alpine:v3.19', 'openssl')).toEqual([]);
    server.fault('v3.20/main.json', undefined);
    expect((await update(alpine)).finished).toMatchObject({ outcome: 'changed', written: { groups: 4 } });
    expect(await stateOf(alpine)).not.toHaveProperty('lastError');
  });
});

describe('an unchanged update', () => {
  it.each([
    ['rule 15: conditional requests only, and all documents stay known', {}, 5, 304],
    ['no writes where the server ignores validators', { validators: 'none' as const }, 8, 200],
  ])('%s', async (_, options, requests, status) => {
    await serve(options);
    putAlpine();
    await update(alpine);
    server.requests.length = 0;
    const writes: string[] = [];
    const { finished, changes } = await update(alpine, { store: watched(store, writes) });
    expect(writes).toEqual([]);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({ outcome: 'unchanged', written: { groups: 0, removed: 0, texts: 0 } });
    expect(finished.state).toMatchObject({
      lastSuccess: '2026-01-01T02:00:00.000Z',
      lastChange: '2026-01-01T01:00:00.000Z',
      groups: 4,
      statements: 6,
    });
    expect(askedFor().map((request) => request.status)).toEqual(Array(requests).fill(status));
  });

  it('is one conditional request for a feed of one document', async () => {
    server.put(
      'json',
      JSON.stringify({ p: { 'CVE-2024-0001': { description: 'Text', releases: { sid: { status: 'open' } } } } }),
    );
    expect((await update(debian)).finished.written).toEqual({ groups: 1, removed: 0, texts: 1, repositories: 0 });
    server.requests.length = 0;
    expect((await update(debian)).finished.outcome).toBe('unchanged');
    expect(server.requests.map(({ path: asked, status }) => [asked, status])).toEqual([['json', 304]]);
  });
});

/** The real store with a list of every call that writes facts. */
function watched(real: Store, writes: string[]): Store {
  return {
    ...real,
    async writeFeed(feed) {
      const writer = await real.writeFeed(feed);
      return {
        ...writer,
        put(group, hash) {
          writes.push(`put ${group.namespace} ${group.package}`);
          return writer.put(group, hash);
        },
        remove(key) {
          writes.push(`remove ${key.namespace} ${key.package}`);
          return writer.remove(key);
        },
        putText(text) {
          writes.push(`text ${text.id}`);
          return writer.putText(text);
        },
        commit(state) {
          writes.push('commit');
          return writer.commit(state);
        },
      };
    },
  };
}

describe('a change', () => {
  it('is written and told with old and new statements of just that vulnerability', async () => {
    putAlpine();
    await update(alpine);
    server.put('last-update', '2');
    server.put('v3.20/main.json', secdb({ openssl: { '3.1.4-r0': ['CVE-2023-5363'], '3.1.4-r2': ['CVE-2023-5678'] } }));
    const writes: string[] = [];
    const { changes, finished } = await update(alpine, { store: watched(store, writes) });
    expect(writes).toEqual(['put alpine:v3.20 openssl', 'commit']);
    expect(changes).toEqual([
      {
        kind: 'advisories.changed',
        feed: 'alpine-secdb',
        namespace: 'alpine:v3.20',
        package: 'openssl',
        document: 'v3.20/main.json',
        nameKind: 'source',
        scheme: 'apk',
        before: [{ id: 'CVE-2023-5678', state: 'fixed', ranges: [{ fixed: '3.1.4-r1' }] }],
        after: [{ id: 'CVE-2023-5678', state: 'fixed', ranges: [{ fixed: '3.1.4-r2' }] }],
      },
    ]);
    expect(finished.state).toMatchObject({ groups: 4, statements: 6, lastChange: '2026-01-01T02:00:00.000Z' });
  });

  it('of words is written and told to nobody', async () => {
    const tracker = (note: string, description: string) =>
      JSON.stringify({
        p: {
          'CVE-2024-0001': { description, releases: { sid: { status: 'open', nodsa: note, nodsa_reason: 'ignored' } } },
        },
      });
    server.put('json', tracker('Minor', 'Text'));
    await update(debian);
    server.put('json', tracker('Minor issue', 'Better text'));
    const { changes, finished } = await update(debian);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({ outcome: 'changed', written: { groups: 1, removed: 0, texts: 1 } });
    expect((await stored('debian:unstable', 'p'))[0]?.advisories[0]?.reason).toBe('ignored: Minor issue');
    expect((await store.vulnerability('CVE-2024-0001'))?.texts).toMatchObject([{ description: 'Better text' }]);
  });

  it('by which a package vanishes removes it', async () => {
    putAlpine();
    await update(alpine);
    server.put('v3.19/main.json', secdb({ openssl }));
    const { changes, finished } = await update(alpine);
    expect(changes).toMatchObject([{ package: 'zlib', before: [{ id: 'CVE-2023-6992' }], after: [] }]);
    expect(finished.state).toMatchObject({ groups: 3, statements: 5 });
    expect(await stored('alpine:v3.19', 'zlib')).toEqual([]);
  });

  it('brings a new document, and that is news', async () => {
    putAlpine();
    await update(alpine);
    server.put('last-update', '2');
    server.put('v3.21/main.json', secdb({ openssl }));
    const { changes } = await update(alpine);
    expect(changes).toMatchObject([
      { namespace: 'alpine:v3.21', before: [], after: [{ id: 'CVE-2023-5363' }, { id: 'CVE-2023-5678' }] },
    ]);
  });

  it('leaves the other document of the same package alone', async () => {
    putAlpine();
    server.put(
      'v3.20/community.json',
      secdb({ openssl: { '1.0-r0': ['CVE-2000-0001'] }, other: { '0': ['CVE-2000-0002'] } }),
    );
    await update(alpine);
    server.put('v3.20/community.json', secdb({ other: { '0': ['CVE-2000-0002'] } }));
    const { changes } = await update(alpine);
    expect(changes).toMatchObject([{ document: 'v3.20/community.json', before: [{ id: 'CVE-2000-0001' }], after: [] }]);
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
  });
});

describe('what an upstream drops', () => {
  const cell = { status: 'open' };
  const tracker = (...suites: readonly string[]) =>
    JSON.stringify({ p: { 'CVE-2024-0001': { releases: Object.fromEntries(suites.map((suite) => [suite, cell])) } } });

  it('a release: its facts stay', async () => {
    server.put('json', tracker('buster', 'bookworm'));
    await update(debian);
    for (const next of [tracker('bookworm', 'trixie'), tracker('trixie', 'bookworm', 'sid')]) {
      server.put('json', next);
      const { changes } = await update(debian);
      expect(changes.map(({ after }) => after.length)).toEqual([1]);
      expect(await stored('debian:10', 'p')).toHaveLength(1);
    }
    expect((await stateOf(debian))?.documents['json']?.namespaces).toEqual([
      'debian:10',
      'debian:12',
      'debian:13',
      'debian:unstable',
    ]);
    expect(await stateOf(debian)).toMatchObject({ groups: 4, statements: 4 });
  });

  it('everything: nothing is removed', async () => {
    server.put('json', tracker('bookworm'));
    await update(debian);
    server.put('json', '{}');
    expect((await update(debian)).changes).toEqual([]);
    expect(await stored('debian:12', 'p')).toHaveLength(1);
  });

  it('a document from the list: its facts stay, also while the index is unchanged', async () => {
    putAlpine();
    await update(alpine);
    server.remove('v3.19/main.json');
    server.put('last-update', '2');
    expect((await update(alpine)).finished).toMatchObject({ outcome: 'unchanged', state: { groups: 4 } });
    const { finished, documents } = await update(alpine);
    expect(documents).toEqual({ 'v3.19/main.json': 'frozen' });
    expect(finished).toMatchObject({ outcome: 'unchanged', state: { groups: 4, statements: 6 } });
    expect(finished.state).not.toHaveProperty('lastError');
    expect(await stored('alpine:v3.19', 'openssl')).toHaveLength(1);
  });

  it('all documents: that is a failure', async () => {
    server.put('json', tracker('bookworm'));
    await update(debian);
    server.remove('json');
    expect((await update(debian)).finished).toMatchObject({
      outcome: 'failed',
      state: { groups: 1, lastSuccess: '2026-01-01T01:00:00.000Z' },
    });
  });

  it('a document that was never there: that is a failure', async () => {
    expect((await update(debian)).finished).toMatchObject({
      outcome: 'failed',
      state: { groups: 0, lastError: 'Document json is not there' },
    });
  });
});

describe('another version of the source', () => {
  it('reads unchanged documents again, and writes what it understands in another way', async () => {
    putAlpine();
    await update(alpine);
    server.requests.length = 0;
    const newer = { ...alpine, version: alpine.version + 1 };
    expect((await update(newer)).finished).toMatchObject({
      outcome: 'unchanged',
      state: { parserVersion: newer.version },
    });
    expect(askedFor().every(({ status }) => status === 200)).toBe(true);
    server.requests.length = 0;
    await update(newer);
    expect(askedFor().every(({ status }) => status === 304)).toBe(true);
  });

  it('reads a document that failed meanwhile later, however unchanged it is', async () => {
    putAlpine();
    await update(alpine);
    server.fault('v3.20/main.json', { kind: 'status', status: 503 });
    const newer = { ...alpine, version: alpine.version + 1 };
    expect((await update(newer)).finished.outcome).toBe('failed');
    server.fault('v3.20/main.json', undefined);
    server.requests.length = 0;
    expect((await update(newer)).finished.outcome).toBe('unchanged');
    expect(server.requests.filter(({ status }) => status === 200).map(({ path: asked }) => asked)).toEqual([
      'v3.20/main.json',
    ]);
  });
});

describe('progress', () => {
  it('tells documents, bytes and groups', async () => {
    server.put(
      'json',
      JSON.stringify(
        Object.fromEntries(
          Array.from({ length: 5000 }, (_, index) => [
            `p${index}`,
            { 'CVE-2024-0001': { releases: { sid: { status: 'open' } } } },
          ]),
        ),
      ),
    );
    const { events } = await update(debian);
    expect(events[0]).toEqual({ kind: 'started', feed: debian.id, documents: 1 });
    const progress = events.flatMap((event) => (event.kind === 'progress' ? [event] : []));
    const groupsOf = (phase: string) => progress.flatMap((event) => (event.phase === phase ? [event.groups] : []));
    expect(groupsOf('reading')).toEqual([0, 2000, 4000, 5000]);
    expect(groupsOf('comparing')).toEqual([0, 2000, 4000]);
    expect(progress.find(({ groups }) => groups === 5000)).toMatchObject({ statements: 5000 });
    expect(progress.find(({ groups }) => groups === 5000)?.bytes).toBeGreaterThan(200_000);
  });
});
