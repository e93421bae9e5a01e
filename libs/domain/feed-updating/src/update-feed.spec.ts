import type { Upstream } from '@clarion/model';
import type { FeedServer } from '@clarion/test-kit';
import { feedNamed, putAlpine } from '../testing/alpine-mirror';
import { updateHarness } from '../testing/update-harness';
import { watched } from '../testing/watched-store';

const alpine = feedNamed('alpine-secdb');
const debian = feedNamed('debian-security-tracker');
const harness = updateHarness();
const { update, serve, stateOf, stored, fixedIn } = harness;

/** Requests except those for Alpine's lists of rejected CVEs, which this server does not have. */
function askedFor(): FeedServer['requests'] {
  return harness.server.requests.filter((request) => !request.path.startsWith('rejections/'));
}

describe('a first import', () => {
  it('stores everything and notifies nobody', async () => {
    putAlpine(harness.server);
    const { finished, changes, documents } = await update(alpine);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({ result: 'changed', written: { groups: 4, removed: 0, texts: 0 } });
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
    expect(await fixedIn('alpine:v3.2', 'zlib')).toEqual({ 'CVE-2023-6992': 'not_affected' });
  });

  it('stores nothing when one of the documents is broken, because nobody would notice the gap', async () => {
    putAlpine(harness.server);
    harness.server.fault('v3.20/main.json', { kind: 'cut', bytes: 40 });
    const { finished } = await update(alpine);
    expect(finished.result).toBe('failed');
    expect(finished.state).toMatchObject({
      groups: 0,
      documents: {},
      lastError: expect.stringContaining('v3.20/main.json') as string,
    });
    expect(finished.state).not.toHaveProperty('lastSuccess');
    expect(await stored('alpine:v3.2', 'openssl')).toEqual([]);
    harness.server.fault('v3.20/main.json', undefined);
    expect((await update(alpine)).finished).toMatchObject({ result: 'changed', written: { groups: 4 } });
    expect(await stateOf(alpine)).not.toHaveProperty('lastError');
  });
});

describe('an unchanged update', () => {
  it.each([
    ['rule 15: conditional requests only, and all documents stay known', {}, 5, 304],
    ['no writes where the server ignores validators', { validators: 'none' as const }, 8, 200],
  ])('%s', async (_, options, requests, status) => {
    await serve(options);
    putAlpine(harness.server);
    await update(alpine);
    harness.server.requests.length = 0;
    const writes: string[] = [];
    const { finished, changes } = await update(alpine, { store: watched(harness.store, writes) });
    expect(writes).toEqual([]);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({ result: 'unchanged', written: { groups: 0, removed: 0, texts: 0 } });
    expect(finished.state).toMatchObject({
      lastSuccess: '2026-01-01T02:00:00.000Z',
      lastChange: '2026-01-01T01:00:00.000Z',
      groups: 4,
      statements: 6,
    });
    expect(askedFor().map((request) => request.status)).toEqual(Array(requests).fill(status));
  });

  it('leaves the time of a document, however new a copy of the same content says to be', async () => {
    putAlpine(harness.server);
    const from = (modifiedAt: string): Upstream => {
      const upstream = harness.upstream();
      const get = async (...asked: Parameters<Upstream['get']>) => {
        const answer = await upstream.get(...asked);
        return answer.kind === 'missing' ? answer : { ...answer, modifiedAt };
      };
      return { ...upstream, get };
    };
    const [first, later] = ['2025-12-01T00:00:00.000Z', '2025-12-31T00:00:00.000Z'];
    const before = await update(alpine, { upstream: from(first) });
    const { finished } = await update(alpine, { upstream: from(later) });
    expect(finished.state.documents).toEqual(before.finished.state.documents);
    expect(finished.state.documents['v3.20/main.json']).toMatchObject({ modifiedAt: first });
  });

  it('is one conditional request for a feed of one document', async () => {
    harness.server.put(
      'json',
      JSON.stringify({ p: { 'CVE-2024-0001': { description: 'Text', releases: { sid: { status: 'open' } } } } }),
    );
    expect((await update(debian)).finished.written).toEqual({ groups: 1, removed: 0, texts: 1, repositories: 0 });
    harness.server.requests.length = 0;
    expect((await update(debian)).finished.result).toBe('unchanged');
    expect(harness.server.requests.map(({ path: asked, status }) => [asked, status])).toEqual([['json', 304]]);
  });
});

describe('progress', () => {
  it('reports documents, bytes and groups', async () => {
    harness.server.put(
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
    expect(progress.find(({ groups }) => groups === 5000)).toMatchObject({ advisories: 5000 });
    expect(progress.find(({ groups }) => groups === 5000)?.bytes).toBeGreaterThan(200_000);
  });
});
