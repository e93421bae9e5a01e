import path from 'node:path';

import type { Store } from '@clarion/model';
import { OpenUpdates } from '@clarion/store-rules';
import * as lmdb from 'lmdb';

import type { StoreEnvironment } from './environment';
import { mentionStore } from './mention-store';
import { storesOfEachTest } from '../testing/each-test';

// The contract covers what all stores do; this covers what the index of this one must survive.

const here = storesOfEachTest();

const openStore = (options: { mentions?: boolean; readOnly?: boolean } = { mentions: true }): Promise<Store> =>
  here.open(options);

/** Packages with the ids of one update; no ids remove the package. */
async function update(
  store: Store,
  feed: string,
  packages: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const writer = await store.writeFeed(feed);
  for (const [name, ids] of Object.entries(packages)) {
    const key = { namespace: 'debian:12', package: name, feed, document: 'd' };
    const advisories = ids.map((id) => ({ id, state: 'affected' as const }));
    if (ids.length === 0) await writer.remove(key);
    else await writer.put({ ...key, nameKind: 'source', scheme: 'dpkg', advisories }, ids.join());
  }
  const counts = { groups: 0, statements: 0, problems: 0, problemSamples: [] };
  await writer.commit({ feed, parserVersion: 1, documents: {}, ...counts });
}

const names = async (store: Store, id: string) => (await store.packagesOf(id)).map(([, name]) => name);

/** Enough packages to build the index in a separate process. */
const large = (id: string) => Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`p${n}`, [id]]));

describe('the index of mentions', () => {
  it('is rejected by a store that was opened without it', async () => {
    const store = await openStore({});
    await expect(store.packagesOf('CVE-1')).rejects.toMatchObject({ name: 'ClarionError', code: 'unsupported' });
  });

  it('is built from existing advisories', async () => {
    await update(await openStore({}), 'feed', { a: ['CVE-1', 'CVE-2'], b: ['CVE-1'] });
    const store = await openStore();
    expect(await Promise.all(['CVE-1', 'CVE-2', 'CVE-3'].map((id) => names(store, id)))).toEqual([
      ['a', 'b'],
      ['a'],
      [],
    ]);
  });

  it('is maintained by stores that were opened without it, once it exists', async () => {
    const store = await openStore();
    await update(store, 'feed', { a: ['CVE-1'], b: ['CVE-1'] });
    expect(await names(store, 'CVE-1')).toEqual(['a', 'b']);
    const without = await openStore({});
    await update(without, 'feed', { a: ['CVE-2'], b: [] });
    await update(store, 'feed', { c: ['CVE-1'] });
    // Only a store that need not build it can answer without writing.
    const reader = await openStore({ mentions: true, readOnly: true });
    expect(await names(reader, 'CVE-1')).toEqual(['c']);
    expect(await names(reader, 'CVE-2')).toEqual(['a']);
    await without.prune({ before: '2000-01-01T00:00:00Z', keepFeeds: [] });
    expect(await names(reader, 'CVE-2')).toEqual([]);
  });

  it('is not built again after an update without advisories', async () => {
    const store = await openStore();
    await update(store, 'feed', { a: ['CVE-1'] });
    expect(await names(store, 'CVE-1')).toEqual(['a']);
    const without = await openStore({});
    const writer = await without.writeFeed('texts');
    await writer.putText({ feed: 'texts', id: 'CVE-1', description: 'x' });
    const counts = { groups: 0, statements: 0, problems: 0, problemSamples: [] };
    await writer.commit({ feed: 'texts', parserVersion: 1, documents: {}, ...counts });
    // Only a store that need not build it can answer without writing.
    expect(await names(await openStore({ mentions: true, readOnly: true }), 'CVE-1')).toEqual(['a']);
  });

  it('does not block a caller that needs an immediate answer while another process builds it', async () => {
    await update(await openStore({}), 'feed', large('CVE-1'));
    let built: (() => void) | undefined;
    const buildMentions = () => new Promise<void>((resolve) => (built = resolve));
    const store = await here.open({ mentions: true, buildMentions });
    const asked = () => store.packagesOf('CVE-1', { atOnce: true });
    await expect(asked()).rejects.toMatchObject({ code: 'index-being-built', retryable: true });
    const waiting = names(store, 'CVE-1');
    await expect(asked()).rejects.toMatchObject({ code: 'index-being-built' });
    await (await openStore()).packagesOf('');
    expect(await asked()).toHaveLength(600);
    built?.();
    expect(await waiting).toHaveLength(600);
  });

  it('of a small store is built here, without a separate process', async () => {
    await update(await openStore({}), 'feed', { a: ['CVE-1'] });
    const buildMentions = () => Promise.reject(new Error('no process for that'));
    const store = await here.open({ mentions: true, buildMentions });
    expect(await store.packagesOf('CVE-1', { atOnce: true })).toEqual([['debian:12', 'a']]);
  });

  it('cannot be built in a read-only store', async () => {
    await update(await openStore({}), 'feed', { a: ['CVE-1'] });
    const store = await openStore({ mentions: true, readOnly: true });
    await expect(store.packagesOf('CVE-1')).rejects.toMatchObject({ name: 'ClarionError', code: 'unsupported' });
  });

  it('is correct when updates arrive while it is built, and when several processes build it', async () => {
    const without = await openStore({});
    const ids = (n: number) => Array.from({ length: 20 }, (_, k) => `CVE-${(n * 7 + k) % 500}`);
    const all = Array.from({ length: 4000 }, (_, n) => n);
    await update(without, 'feed', Object.fromEntries(all.map((n) => [`p${n}`, ids(n)])));
    const [one, two] = [await openStore(), await openStore()];
    const asked = [one, two, one].map((store) => names(store, 'CVE-3'));
    for (let round = 0; round < 5; round += 1) {
      await new Promise(setImmediate);
      const changed = { [`p${round}`]: ['CVE-new'], [`p${3999 - round}`]: [], [`new${round}`]: ['CVE-3'] };
      await update(round % 2 === 0 ? one : two, 'feed', changed);
    }
    await Promise.all(asked);
    const gone = new Set([0, 1, 2, 3, 4, 3995, 3996, 3997, 3998, 3999]);
    for (const number of [0, 3, 4, 250, 499]) {
      const left = all.filter((n) => !gone.has(n) && ids(n).includes(`CVE-${number}`)).map((n) => `p${n}`);
      const expected = [...left, ...(number === 3 ? [0, 1, 2, 3, 4].map((n) => `new${n}`) : [])].sort();
      for (const store of [one, two]) expect(await names(store, `CVE-${number}`)).toEqual(expected);
    }
    expect(await names(one, 'CVE-new')).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  });

  it('is built in small pieces, each vulnerability once, and again when one was cut off', async () => {
    const ids = (n: number) => Array.from({ length: 10 }, (_, k) => `CVE-${(n * 10 + k) % 4000}`);
    const all = Array.from({ length: 1600 }, (_, n) => n);
    const without = await openStore({});
    await update(without, 'feed', Object.fromEntries(all.map((n) => [`p${n}`, ids(n)])));
    const raw = rawStore();
    let pieces: number[] = [];
    let left = Number.POSITIVE_INFINITY;
    const put = raw.db.putSync.bind(raw.db);
    jest.spyOn(raw.db, 'putSync').mockImplementation((key: string, value: unknown) => {
      if (key.startsWith('mention\t')) pieces[pieces.length - 1]! += 1;
      put(key, value);
    });
    const transaction = raw.db.transactionSync.bind(raw.db);
    jest.spyOn(raw.db, 'transactionSync').mockImplementation((action, flags) => {
      left -= 1;
      // Only once: the lease must be released.
      if (left === 0) throw new Error('cut off');
      pieces.push(0);
      return transaction(action, flags);
    });
    left = 4;
    await expect(mentionStore(raw).packagesOf('CVE-1')).rejects.toMatchObject({
      message: expect.stringContaining('cut off') as string,
    });
    const done = pieces.reduce((sum, count) => sum + count, 0);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(4000);
    // The interrupted build is outdated now.
    await update(without, 'feed', { p399: [] });
    pieces = [];
    left = Number.POSITIVE_INFINITY;
    expect(await names(await openStore(), 'CVE-3999')).toEqual(['p1199', 'p1599', 'p799']);
    expect(await mentionStore(raw).packagesOf('CVE-0')).toEqual(
      ['p0', 'p1200', 'p400', 'p800'].map((name) => ['debian:12', name]),
    );
    await raw.db.close();
  });

  it('writes no more than some thousand mentions in one transaction', async () => {
    const raw = rawStore();
    const without = await openStore({});
    const all = Array.from({ length: 3000 }, (_, n) => n);
    await update(without, 'feed', Object.fromEntries(all.map((n) => [`p${n}`, ['CVE-all', `CVE-${n}`, `X-${n}`]])));
    const written: number[] = [];
    const transaction = raw.db.transactionSync.bind(raw.db);
    jest.spyOn(raw.db, 'transactionSync').mockImplementation((action, flags) => {
      written.push(0);
      return transaction(action, flags);
    });
    const put = raw.db.putSync.bind(raw.db);
    const keys: string[] = [];
    jest.spyOn(raw.db, 'putSync').mockImplementation((key: string, value: unknown) => {
      if (key.startsWith('mention\t')) {
        keys.push(key);
        for (const [, packages] of value as [string, string[]][]) written[written.length - 1]! += packages.length;
      }
      put(key, value);
    });
    expect(await mentionStore(raw).packagesOf('CVE-all')).toHaveLength(3000);
    expect(keys).toHaveLength(6001);
    expect(new Set(keys).size).toBe(6001);
    expect(Math.max(...written)).toBeLessThan(8000);
    expect(written.filter((count) => count > 0).length).toBeGreaterThan(1);
    await raw.db.close();
  });

  it('is built by another process if one is configured', async () => {
    await update(await openStore({}), 'feed', large('CVE-1'));
    const other = await openStore();
    let asked = 0;
    const buildMentions = async () => {
      asked += 1;
      await other.packagesOf('');
    };
    const store = await here.open({ mentions: true, buildMentions });
    expect(await Promise.all([names(store, 'CVE-1'), names(store, 'CVE-2')])).toEqual([
      Object.keys(large('')).sort(),
      [],
    ]);
    expect(asked).toBe(1);
  });
});

/** The raw file without a store, to see what is written. */
function rawStore(): StoreEnvironment {
  const file = path.join(here.directory, 'facts.mdb');
  const db = lmdb.open<unknown, string>({ path: file, noSubdir: true, encoding: 'msgpack', overlappingSync: false });
  const rest = { readOnly: false, mentions: true, mapSizeLimit: undefined, resultBytes: 0, now: () => new Date() };
  return { directory: here.directory, file, db, lmdb, ...rest, openUpdates: new OpenUpdates() };
}
