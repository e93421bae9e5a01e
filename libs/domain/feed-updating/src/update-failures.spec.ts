import { gzipSync } from 'node:zlib';
import { ClarionError, type Store } from '@clarion/model';
import { feedNamed, many, openssl, putAlpine, secdb } from '../testing/alpine-mirror';
import { updateHarness } from '../testing/update-harness';
import { updateFeed } from './update-feed';

const alpine = feedNamed('alpine-secdb');
const debian = feedNamed('debian-security-tracker');
const harness = updateHarness();
const { update, upstream, stateOf, stored, fixedIn } = harness;

describe('a failure', () => {
  const faults = [
    ['a body cut short', { kind: 'truncate', bytes: 50 }],
    ['a body that ends early where HTTP cannot detect it', { kind: 'cut', bytes: 50 }],
    ['status 503', { kind: 'status', status: 503 }],
    ['status 403', { kind: 'status', status: 403 }],
    ['status 429 for longer than anyone waits', { kind: 'status', status: 429, retryAfter: '86400' }],
    ['a page instead of the document', { kind: 'redirect', location: '/sorry.html' }],
  ] as const;

  it.each(faults)('%s keeps the last good facts', async (_, fault) => {
    harness.server.put('json', JSON.stringify({ p: { 'CVE-2024-0001': { releases: { sid: { status: 'open' } } } } }));
    harness.server.put('sorry.html', '<html>Sorry</html>');
    await update(debian);
    harness.server.put(
      'json',
      JSON.stringify({ a: { 'CVE-2024-0002': { releases: { sid: { status: 'open' } } } }, p: {} }),
    );
    harness.server.fault('json', fault);
    const { finished, changes } = await update(debian);
    expect(changes).toEqual([]);
    expect(finished).toMatchObject({
      result: 'failed',
      state: {
        lastAttempt: '2026-01-01T02:00:00.000Z',
        lastSuccess: '2026-01-01T01:00:00.000Z',
        lastError: expect.stringContaining('json') as string,
      },
    });
    expect(await stored('debian:unstable', 'p')).toHaveLength(1);
    expect(await stored('debian:unstable', 'a')).toEqual([]);
    harness.server.fault('json', undefined);
    expect((await update(debian)).finished).toMatchObject({
      result: 'changed',
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
    harness.server.put('json', gzipSync(JSON.stringify({ p: Object.fromEntries(ids.slice(1)) as unknown })));
    await update(debian);
    harness.server.put('json', gzipSync(JSON.stringify({ p: Object.fromEntries(ids) as unknown })));
    harness.server.fault('json', fault);
    expect((await update(debian)).finished).toMatchObject({ result: 'failed', state: { statements: 499 } });
    expect((await stored('debian:unstable', 'p'))[0]?.advisories).toHaveLength(499);
    harness.server.fault('json', undefined);
    expect((await update(debian)).finished).toMatchObject({ result: 'changed', state: { statements: 500 } });
  });

  it('does not include a redirect to the document', async () => {
    harness.server.put(
      'moved/json',
      JSON.stringify({ p: { 'CVE-2024-0001': { releases: { sid: { status: 'open' } } } } }),
    );
    harness.server.fault('json', { kind: 'redirect', location: '/moved/json' });
    expect((await update(debian)).finished.result).toBe('changed');
    expect((await update(debian)).finished.result).toBe('unchanged');
  });

  it.each(faults)('%s of one document does not block the others', async (_, fault) => {
    putAlpine(harness.server);
    harness.server.put('sorry.html', '<html>Sorry</html>');
    await update(alpine);
    harness.server.put('v3.2/main.json', secdb({ openssl: { '9.9-r9': ['CVE-2099-0001'] } }));
    harness.server.put(
      'v3.20/main.json',
      secdb({ openssl: { '8.8-r8': ['CVE-2088-0001'] }, more: { '1.0-r0': ['CVE-2024-5'] } }),
    );
    harness.server.fault('v3.2/main.json', fault);
    const { finished, changes, documents } = await update(alpine);
    expect(finished).toMatchObject({
      result: 'failed',
      state: {
        lastSuccess: '2026-01-01T01:00:00.000Z',
        lastError: expect.stringContaining('v3.2/main.json') as string,
      },
    });
    expect(documents).toEqual({ 'v3.2/main.json': 'failed', 'v3.20/main.json': 'applied' });
    expect(new Set(changes.map((change) => change.package))).toEqual(new Set(['openssl', 'more']));
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({ 'CVE-2088-0001': '8.8-r8' });
    expect(await fixedIn('alpine:v3.2', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
    harness.server.fault('v3.2/main.json', undefined);
    expect((await update(alpine)).finished.result).toBe('changed');
    expect(await fixedIn('alpine:v3.2', 'openssl')).toEqual({ 'CVE-2099-0001': '9.9-r9' });
  });

  it('of a new document leaves everything unchanged', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.put('last-update', '2');
    harness.server.put('v3.20/main.json', secdb({ openssl: { '8.8-r8': ['CVE-2088-0001'] } }));
    harness.server.put('v3.21/main.json', '{');
    expect((await update(alpine)).finished.result).toBe('failed');
    expect(await fixedIn('alpine:v3.20', 'openssl')).toEqual({
      'CVE-2023-5363': '3.1.4-r0',
      'CVE-2023-5678': '3.1.4-r1',
    });
  });

  it('of the index leaves everything unchanged', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.fault('last-update', { kind: 'status', status: 500 });
    expect((await update(alpine)).finished).toMatchObject({
      result: 'failed',
      state: { groups: 4, lastError: expect.stringContaining('cannot be listed') as string },
    });
  });

  it('of too many documents ends the attempts', async () => {
    for (let minor = 1; minor <= 9; minor += 1) harness.server.put(`v3.${minor}/main.json`, secdb({ openssl }));
    await update(alpine);
    harness.server.requests.length = 0;
    for (let minor = 1; minor <= 9; minor += 1) harness.server.put(`v3.${minor}/main.json`, '{');
    expect((await update(alpine)).finished).toMatchObject({ result: 'failed', state: { groups: 9 } });
    expect(harness.server.requests.length).toBeLessThan(150);
  });

  it('of a record is counted and shown', async () => {
    harness.server.put(
      'json',
      JSON.stringify({
        p: { 'CVE-2024-0001': { releases: { sid: { status: 'parked' }, trixie: { status: 'open' } } } },
      }),
    );
    const { finished } = await update(debian);
    expect(finished).toMatchObject({
      result: 'changed',
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
    harness.server.put('v3.20/main.json', secdb(many(100)));
    await update(alpine);
    harness.server.put('v3.20/main.json', secdb(many(79)));
    const shrunk = await update(alpine);
    expect(shrunk.finished).toMatchObject({
      result: 'held',
      state: {
        groups: 100,
        lastSuccess: '2026-01-01T01:00:00.000Z',
        lastError: expect.stringContaining('21 of 100 packages') as string,
      },
    });
    expect(shrunk.documents).toEqual({ 'v3.20/main.json': 'held' });
    expect(shrunk.changes).toEqual([]);
    expect(await stored('alpine:v3.20', 'package-99')).toHaveLength(1);
    expect((await update(alpine)).finished.result).toBe('held');
    const forced = await update(alpine, { force: true });
    expect(forced.finished).toMatchObject({ result: 'changed', written: { removed: 21 }, state: { groups: 79 } });
    expect(forced.changes).toHaveLength(21);
    expect(forced.finished.state).not.toHaveProperty('lastError');
  });

  it('is applied when it shrinks a little', async () => {
    harness.server.put('v3.20/main.json', secdb(many(100)));
    await update(alpine);
    harness.server.put('v3.20/main.json', secdb(many(80)));
    expect((await update(alpine)).finished).toMatchObject({ result: 'changed', state: { groups: 80 } });
  });

  it('is held when advisories disappear from packages that remain', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `CVE-2024-${1000 + index}`);
    harness.server.put('v3.20/main.json', secdb({ linux: { '1.0-r0': ids } }));
    await update(alpine);
    harness.server.put('v3.20/main.json', secdb({ linux: { '1.0-r0': ids.slice(10) } }));
    expect((await update(alpine)).finished).toMatchObject({ result: 'held', state: { statements: 30 } });
  });

  it('does not block other documents', async () => {
    harness.server.put('v3.2/main.json', secdb(many(100)));
    harness.server.put('v3.20/main.json', secdb({ openssl }));
    await update(alpine);
    harness.server.put('v3.2/main.json', secdb(many(10)));
    harness.server.put('v3.20/main.json', secdb({ openssl, zlib: { '1.0-r0': ['CVE-2024-1'] } }));
    const { finished, changes } = await update(alpine);
    expect(finished.result).toBe('held');
    expect(changes).toMatchObject([{ package: 'zlib' }]);
  });

  it('is held as a whole when many small documents shrink', async () => {
    const branches = Array.from({ length: 10 }, (_, index) => `v3.${index + 1}/main.json`);
    for (const name of branches) harness.server.put(name, secdb(many(10)));
    await update(alpine);
    for (const name of branches) harness.server.put(name, secdb(many(5)));
    expect((await update(alpine)).finished).toMatchObject({
      result: 'held',
      state: { groups: 100, lastError: expect.stringContaining('50 of 100') as string },
    });
  });
});

describe('an update that ends early', () => {
  it('by its signal keeps the facts and releases the writer', async () => {
    putAlpine(harness.server);
    await update(alpine);
    harness.server.put('v3.20/main.json', secdb({ ...many(20), openssl: { '8.8-r8': ['CVE-2088-0001'] } }));
    const stop = new AbortController();
    const run = async () => {
      for await (const event of updateFeed(alpine, {
        upstream: upstream(),
        store: harness.store,
        now: () => new Date(),
        signal: stop.signal,
      })) {
        if (event.kind === 'progress' && event.document === 'v3.20/main.json') stop.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(await fixedIn('alpine:v3.20', 'openssl')).toMatchObject({ 'CVE-2023-5363': '3.1.4-r0' });
    expect((await update(alpine)).finished.result).toBe('changed');
  });

  it('because nobody consumes its events keeps the facts and releases the writer', async () => {
    putAlpine(harness.server);
    for await (const event of updateFeed(alpine, {
      upstream: upstream(),
      store: harness.store,
      now: () => new Date(),
    })) {
      if (event.kind === 'progress' && event.groups > 0) break;
    }
    expect(await stored('alpine:v3.20', 'openssl')).toEqual([]);
    expect((await update(alpine)).finished.written.groups).toBe(4);
  });

  it('by a failure of the store throws', async () => {
    putAlpine(harness.server);
    const full = new Error('disk full');
    const broken: Store = {
      ...harness.store,
      async writeFeed(feed) {
        return { ...(await harness.store.writeFeed(feed)), put: () => Promise.reject(full) };
      },
    };
    await expect(update(alpine, { store: broken })).rejects.toBe(full);
    expect(await stateOf(alpine)).toBeUndefined();
    expect((await update(alpine)).finished.result).toBe('changed');
  });

  it('because the local disk is full throws, wherever that happens', async () => {
    putAlpine(harness.server);
    const full = new ClarionError('storage-unavailable', 'The disk that holds /scratch is full');
    const fail = (): Promise<never> => Promise.reject(full);
    const planning = { ...alpine, plan: fail };
    const reading = {
      ...alpine,
      parse: () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) }),
    };
    await expect(update(planning)).rejects.toBe(full);
    await expect(update(reading)).rejects.toBe(full);
    expect(await stateOf(alpine)).toBeUndefined();
  });

  it('because another one runs throws and changes nothing', async () => {
    putAlpine(harness.server);
    const writer = await harness.store.writeFeed(alpine.id);
    await expect(update(alpine)).rejects.toMatchObject({ code: 'invalid-input' });
    await writer.abort();
    expect((await update(alpine)).finished.result).toBe('changed');
  });
});
