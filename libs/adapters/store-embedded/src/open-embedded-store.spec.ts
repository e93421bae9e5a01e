import { copyFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { open } from 'lmdb';

import { openEmbeddedStore } from './open-embedded-store';
import { storesOfEachTest } from '../testing/each-test';

const here = storesOfEachTest();

function digest(seed: number): string {
  return `sha256:${seed.toString(16).padStart(64, '0')}`;
}

function layer(seed: number) {
  const none: string[] = [];
  const structure = {
    whiteouts: none,
    opaques: none,
    symlinks: [],
    hardlinks: [],
    files: none,
    obstacles: none,
    directories: none,
  };
  return { diffId: digest(seed), blobs: none, size: 1, entries: 1, structure, detections: [], problems: [] };
}

const group = {
  namespace: 'debian:12',
  package: 'openssl',
  feed: 'feed',
  document: 'd',
  nameKind: 'source',
  scheme: 'dpkg',
  advisories: [{ id: 'CVE-1', state: 'affected' }],
} as const;

const state = {
  feed: 'feed',
  parserVersion: 1,
  documents: {},
  groups: 1,
  statements: 1,
  problems: 0,
  problemSamples: [],
};

describe('openEmbeddedStore', () => {
  it('creates the directory and keeps all data when it is reopened', async () => {
    const nested = path.join(here.directory, 'a/b');
    const store = await openEmbeddedStore({ directory: nested });
    await store.putLayer(layer(1));
    await store.close();
    const again = await here.open({ directory: nested });
    expect(await again.layer(digest(1), [])).toStrictEqual(layer(1));
    expect(await again.size()).toBe(statSync(path.join(nested, 'facts.mdb')).size);
  });

  it.each([
    ['a file instead of it', 'file'],
    ['a file on the way', 'file/below'],
    ['no directory can be made there', 'file/below/deep'],
  ])('reports that the directory cannot be used: %s', async (_, name) => {
    writeFileSync(path.join(here.directory, 'file'), '');
    const directory = path.join(here.directory, name);
    await expect(openEmbeddedStore({ directory })).rejects.toMatchObject({
      name: 'ClarionError',
      code: 'invalid-input',
      message: expect.stringContaining(directory) as string,
      remedy: expect.stringContaining('--db') as string,
    });
  });

  it('reports that there is nothing to read', async () => {
    const refused = { code: 'no-data', remedy: expect.stringContaining('clarion update') as string };
    await expect(openEmbeddedStore({ directory: here.directory, readOnly: true })).rejects.toMatchObject(refused);
    expect(readdirSync(here.directory)).toEqual([]);
    await open({ path: path.join(here.directory, 'facts.mdb'), noSubdir: true }).close();
    await expect(openEmbeddedStore({ directory: here.directory, readOnly: true })).rejects.toMatchObject(refused);
  });

  it('does not block the process during a long series of reads', async () => {
    const store = await openEmbeddedStore({ directory: here.directory });
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    for (const end = performance.now() + 200; performance.now() < end;) await store.vulnerability('CVE-2024-0001');
    clearInterval(timer);
    await store.close();
    expect(turns).toBeGreaterThan(3);
  });

  it.each([
    [7, /newer Clarion/],
    [3, /move facts.mdb away/],
    [0, /endpoints, own vulnerabilities and notifications stay/],
    ['x', /move facts.mdb away/],
  ])('rejects a store of format %p', async (format, remedy) => {
    await (await openEmbeddedStore({ directory: here.directory })).close();
    const raw = open({ path: path.join(here.directory, 'facts.mdb'), noSubdir: true, encoding: 'msgpack' });
    await raw.put('meta\tformat', format);
    await raw.close();
    await expect(openEmbeddedStore({ directory: here.directory })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(here.directory) as string,
      remedy: expect.stringMatching(remedy) as string,
    });
  });

  it.each([
    ['text', Buffer.from('x'.repeat(100_000))],
    ['a few bytes', Buffer.from('x')],
    ['zeros', Buffer.alloc(100_000)],
  ])('rejects a file that is not a store: %s', async (_, content) => {
    writeFileSync(path.join(here.directory, 'facts.mdb'), content);
    const refused = { code: 'corrupt-data', remedy: expect.stringContaining('move facts.mdb away') as string };
    await expect(openEmbeddedStore({ directory: here.directory })).rejects.toMatchObject(refused);
    await expect(openEmbeddedStore({ directory: here.directory, readOnly: true })).rejects.toMatchObject(refused);
  });

  it('treats an empty file as a new store', async () => {
    writeFileSync(path.join(here.directory, 'facts.mdb'), '');
    expect(await (await here.open()).feedStates()).toEqual([]);
  });

  it('rejects a truncated store instead of crashing at the first missing page', async () => {
    const whole = path.join(here.directory, 'whole');
    const store = await openEmbeddedStore({ directory: whole });
    for (let seed = 1; seed <= 300; seed += 1) await store.putLayer(layer(seed));
    await store.close();
    copyFileSync(path.join(whole, 'facts.mdb'), path.join(here.directory, 'facts.mdb'));
    truncateSync(path.join(here.directory, 'facts.mdb'), 40_960);
    await expect(openEmbeddedStore({ directory: here.directory })).rejects.toMatchObject({
      code: 'corrupt-data',
      message: expect.stringContaining('cut off') as string,
    });
  });

  it('reports that it was closed', async () => {
    const store = await openEmbeddedStore({ directory: here.directory });
    await store.close();
    await expect(store.feedStates()).rejects.toMatchObject({ name: 'ClarionError', code: 'invalid-input' });
    await expect(store.putLayer(layer(1))).rejects.toMatchObject({ name: 'ClarionError', code: 'invalid-input' });
  });
});

describe('a store that is read-only if needed', () => {
  it('is written if possible, and is created if it does not exist', async () => {
    const store = await here.open({ readOnly: 'where-needed' });
    await store.putLayer(layer(1));
    expect(await store.layer(digest(1), [])).toStrictEqual(layer(1));
    await store.putFeedState(state);
    expect(await store.feedStates()).toStrictEqual([state]);
  });
});

describe('a read-only store', () => {
  it('reads facts and rejects writes', async () => {
    const writable = await here.open();
    await writable.putLayer(layer(1));
    const store = await here.open({ readOnly: true, now: () => new Date('2999-01-01T00:00:00Z') });
    expect(await store.layer(digest(1), [])).toStrictEqual(layer(1));
    const refused = { code: 'unsupported', message: expect.stringContaining(here.directory) as string };
    await expect(store.putLayer(layer(2))).rejects.toMatchObject(refused);
    await expect(store.putFeedState(state)).rejects.toMatchObject(refused);
    await expect(store.writeFeed('feed')).rejects.toMatchObject(refused);
    await expect(store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: [] })).rejects.toMatchObject(refused);
  });
});

describe('the size limit', () => {
  it('rejects writes before the file grows without limit', async () => {
    const store = await here.open({ mapSizeLimit: 300_000 });
    const write = async () => {
      for (let seed = 1; seed < 10_000; seed += 1) await store.putLayer(layer(seed));
    };
    await expect(write()).rejects.toMatchObject({
      code: 'limit-exceeded',
      remedy: expect.stringContaining('clarion db prune') as string,
    });
    expect(await store.size()).toBeLessThan(400_000);
    expect(await store.layer(digest(1), [])).toBeDefined();
  });

  it('includes the staged data of an update', async () => {
    const store = await here.open({ mapSizeLimit: 1_000_000 });
    const writer = await store.writeFeed('feed');
    const write = async () => {
      for (let n = 0; n < 100_000; n += 1) await writer.put({ ...group, package: `package ${n}` }, 'h');
      await writer.commit(state);
    };
    await expect(write()).rejects.toMatchObject({ code: 'limit-exceeded' });
    await writer.abort();
    expect(await store.advisories([['debian:12', 'package 1']])).toEqual([]);
  });
});

describe('the use of layers', () => {
  const clock = (time: { now: string }) => () => new Date(time.now);

  it('is written at most once a day', async () => {
    const time = { now: '2024-03-01T08:00:00Z' };
    const store = await here.open({ now: clock(time) });
    await store.putLayer(layer(1));
    const file = open({ path: path.join(here.directory, 'facts.mdb'), noSubdir: true, readOnly: true });
    const transactions = () => {
      file.resetReadTxn();
      return (file.getStats() as { lastTxnId: number }).lastTxnId;
    };
    const before = transactions();
    time.now = '2024-03-01T23:59:59Z';
    for (let times = 0; times < 5; times += 1) await store.layer(digest(1), []);
    expect(transactions()).toBe(before);
    time.now = '2024-03-02T00:00:01Z';
    for (let times = 0; times < 5; times += 1) await store.layer(digest(1), []);
    expect(transactions()).toBe(before + 1);
    await file.close();
  });

  it('keeps a layer from being pruned', async () => {
    const time = { now: '2024-03-01T08:00:00Z' };
    const store = await here.open({ now: clock(time) });
    await store.putLayer(layer(1));
    await store.putLayer(layer(2));
    time.now = '2024-04-01T08:00:00Z';
    await store.layer(digest(1), []);
    const result = await store.prune({ before: '2024-03-15T00:00:00Z', keepFeeds: [] });
    expect(result.layers).toBe(1);
    expect(await store.layer(digest(1), [])).toBeDefined();
    expect(await store.layer(digest(2), [])).toBeUndefined();
  });
});

describe('the lease of a feed', () => {
  it('goes to another writer when its owner is idle for long', async () => {
    const time = { now: '2024-03-01T08:00:00Z' };
    const store = await here.open({ now: () => new Date(time.now) });
    const idle = await store.writeFeed('feed');
    await idle.put(group, 'idle');
    time.now = '2024-03-01T08:09:00Z';
    await expect(store.writeFeed('feed')).rejects.toMatchObject({ code: 'invalid-input' });
    time.now = '2024-03-01T08:30:00Z';
    const next = await store.writeFeed('feed');
    await next.put({ ...group, package: 'next' }, 'next');
    await expect(idle.put(group, 'idle')).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(idle.commit(state)).rejects.toMatchObject({ code: 'invalid-input' });
    await next.commit(state);
    expect(await store.advisories([['debian:12', 'openssl']])).toEqual([]);
    expect(await store.advisories([['debian:12', 'next']])).toHaveLength(1);
  });

  it('is kept by a slow but active writer', async () => {
    const time = { now: Date.parse('2024-03-01T08:00:00Z') };
    const store = await here.open({ now: () => new Date(time.now) });
    const writer = await store.writeFeed('feed');
    for (let n = 0; n < 10; n += 1) {
      time.now += 5 * 60_000;
      await writer.put({ ...group, package: `p${n}` }, 'h');
      await expect(store.writeFeed('feed')).rejects.toMatchObject({ code: 'invalid-input' });
    }
    await writer.commit(state);
    expect(await store.advisories([['debian:12', 'p0']])).toHaveLength(1);
  });

  it('does not prune a feed that is being written', async () => {
    const store = await here.open();
    await store.putFeedState(state);
    const writer = await store.writeFeed('feed');
    const prune = () => store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: [] });
    expect(await prune()).toMatchObject({ feeds: 0 });
    await writer.abort();
    expect(await prune()).toMatchObject({ feeds: 1 });
  });

  it('and the staging file are released when the store is closed', async () => {
    const store = await openEmbeddedStore({ directory: here.directory });
    const writer = await store.writeFeed('Feed with a name/that is not a file name');
    expect(readdirSync(here.directory).filter((name) => name.startsWith('staging-'))).toHaveLength(1);
    await store.close();
    expect(readdirSync(here.directory).sort()).toEqual(['facts.mdb', 'facts.mdb-lock']);
    await expect(writer.put({ ...group, feed: 'x' }, 'h')).rejects.toMatchObject({ code: 'invalid-input' });
    const again = await here.open();
    await (await again.writeFeed('Feed with a name/that is not a file name')).abort();
  });
});

describe('an update', () => {
  it('brings large and small groups through the staging file unharmed', async () => {
    const store = await here.open();
    const sizes = [0, 1, 40_000, 2, 1_048_576, 3, 3_000_000, ...Array.from({ length: 500 }, (_, n) => n * 17)];
    const groups = sizes.map((size, n) => ({
      ...group,
      package: `p${n}`,
      advisories: [{ id: `CVE-${n}`, state: 'affected' as const, reason: 'x'.repeat(size) }],
    }));
    const writer = await store.writeFeed('feed');
    for (const one of groups) await writer.put(one, 'h');
    await writer.commit(state);
    expect(await store.advisories(groups.map((one) => [one.namespace, one.package]))).toStrictEqual(groups);
  });

  it('does not rewrite stored values', async () => {
    const store = await here.open();
    const update = async (description: string) => {
      const writer = await store.writeFeed('feed');
      for (let n = 0; n < 2000; n += 1) await writer.put({ ...group, package: `p${n}` }, 'h');
      await writer.putText({ feed: 'feed', id: 'CVE-1', description });
      await writer.commit(state);
    };
    await update('first');
    const size = await store.size();
    for (let times = 0; times < 5; times += 1) await update('second');
    expect(await store.size()).toBeLessThanOrEqual((size ?? 0) + 64 * 1024);
    expect((await store.vulnerability('CVE-1'))?.texts[0]?.description).toBe('second');
  });
});
