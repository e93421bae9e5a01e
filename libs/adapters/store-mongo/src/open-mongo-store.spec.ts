import { createHash } from 'node:crypto';

import type { AdvisoryGroup, FeedState, Notification, Store } from '@clarion/model';
import { describeWithMongoServer } from '@clarion/test-kit';
import { BSON, type Document, MongoClient } from 'mongodb';

import { declaredIndexes } from './indexes';
import { type MongoStoreOptions, openMongoStore } from './open-mongo-store';

const mebibyte = 1024 * 1024;

/** Text that does not compress. */
function noise(length: number, seed = ''): string {
  let text = '';
  for (let n = 0; text.length < length; n += 1) text += createHash('sha512').update(`${seed}${n}`).digest('base64');
  return text.slice(0, length);
}

function group(name: string, reasons: readonly string[]): AdvisoryGroup {
  const advisories = reasons.map((reason, n) => ({ id: `CVE-2024-${n}`, state: 'affected' as const, reason }));
  return {
    ...{ namespace: 'debian:12', package: name, feed: 'feed', document: 'd', nameKind: 'source', scheme: 'dpkg' },
    advisories,
  };
}

function state(feed: string, changes: Partial<FeedState> = {}): FeedState {
  return {
    ...{ feed, parserVersion: 1, documents: {}, groups: 1, statements: 1, problems: 0 },
    problemSamples: [],
    ...changes,
  };
}

async function update(store: Store, ...groups: readonly AdvisoryGroup[]): Promise<void> {
  const writer = await store.writeFeed('feed');
  for (const one of groups) await writer.put(one, 'h');
  await writer.commit(state('feed'));
}

describeWithMongoServer('opening a store', (server) => {
  let uri: string;
  let client: MongoClient;
  const opened: Store[] = [];

  /** Open connections would keep a failed run alive. */
  async function open(options: MongoStoreOptions): Promise<Store> {
    const store = await openMongoStore(options);
    opened.push(store);
    return store;
  }

  beforeEach(async () => {
    uri = server().freshUri();
    client = await new MongoClient(uri).connect();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await client.db().dropDatabase();
    await client.close();
  });

  it('creates every declared index, and accepts existing ones', async () => {
    for (let time = 0; time < 2; time += 1) await (await open({ uri })).close();
    for (const [name, indexes] of Object.entries(declaredIndexes)) {
      if (indexes.length === 0) continue;
      const found = await client.db().collection(name).listIndexes().toArray();
      const expected = [{ name: '_id_', key: { _id: 1 } }, ...indexes];
      const sorted = (all: readonly Document[]) => all.map(({ name: of, key }) => JSON.stringify([of, key])).sort();
      expect(sorted(found)).toEqual(sorted(expected));
    }
  });

  it('uses the database of the URI, of the options, or the default', async () => {
    const path = new URL(uri).pathname.slice(1);
    const other = `${path}_other`;
    await (await open({ uri })).close();
    await (await open({ uri, database: other })).close();
    const meta = async (name: string) =>
      client
        .db(name)
        .collection('meta')
        .countDocuments({ version: { $gt: 0 } });
    expect([await meta(path), await meta(other)]).toEqual([1, 1]);
    await client.db(other).dropDatabase();
  });

  it('rejects a database of another format', async () => {
    await (await open({ uri })).close();
    await client
      .db()
      .collection<{ _id: string }>('meta')
      .updateOne({ _id: 'format' }, { $set: { version: 99 } });
    const expected = { name: 'ClarionError', code: 'unsupported', remedy: expect.any(String) as string };
    await expect(openMongoStore({ uri })).rejects.toMatchObject(expected);
  });

  it.each([
    ['mongodb://user:s3cret@', 'invalid-input'],
    ['http://user:s3cret@127.0.0.1', 'invalid-input'],
    ['nonsense s3cret', 'invalid-input'],
    ['mongodb://user:s3cret@127.0.0.1:1/db', 'upstream-unavailable'],
  ])('reports what is wrong with %s, without the password', async (wrong, code) => {
    const refused = await open({ uri: wrong, connectMillis: 300 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'ClarionError', code, remedy: expect.any(String) as string });
    expect((refused as Error).message).not.toContain('s3cret');
  });

  it('rejects everything once it is closed', async () => {
    const store = await open({ uri });
    const writer = await store.writeFeed('feed');
    await store.close();
    expect(await store.ready()).toBe(false);
    await expect(store.feedStates()).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(writer.commit(state('feed'))).rejects.toMatchObject({ code: 'invalid-input' });
    // Closing has ended its update.
    const again = await open({ uri });
    await (await again.writeFeed('feed')).abort();
    expect(await again.size()).toBeGreaterThan(0);
    await again.close();
  });

  it('keeps a group of several megabytes and 30,000 vulnerabilities in documents of less than one', async () => {
    const store = await open({ uri });
    const text = noise(1_500_000);
    const huge = group(
      'linux',
      Array.from({ length: 30_000 }, (_, n) => text.slice(n * 50, n * 50 + 50)),
    );
    const documents = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [
        `d${n}`,
        { validators: { etag: noise(60, `${n}`) }, groups: 1, namespaces: [] },
      ]),
    );
    const writer = await store.writeFeed('feed');
    await writer.put(huge, 'h');
    await writer.putText({ feed: 'feed', id: 'CVE-1', description: text });
    await writer.commit(state('feed', { documents }));
    expect(await store.advisories([['debian:12', 'linux']])).toStrictEqual([huge]);
    expect((await store.vulnerability('CVE-1'))?.texts[0]?.description).toBe(text);
    expect((await store.feedStates())[0]?.documents).toStrictEqual(documents);
    for (const id of [0, 999, 1000, 29_999]) {
      expect(await store.packagesOf(`CVE-2024-${id}`)).toEqual([['debian:12', 'linux']]);
    }
    for (const collection of await client.db().collections()) {
      for await (const document of collection.find()) expect(BSON.calculateObjectSize(document)).toBeLessThan(mebibyte);
    }
    // The last update leaves nothing of it.
    await update(store, group('linux', ['short']));
    expect(await store.packagesOf('CVE-2024-29999')).toEqual([]);
    expect(await client.db().collection('mentions').countDocuments()).toBe(0);
    const pages = client.db().collection('pages');
    expect(await pages.countDocuments({ owner: { $not: /^CVE-1\t/ } })).toBe(0);
  });

  it('sweeps pages that no document names, but not at once', async () => {
    const store = await open({ uri });
    await store.putNotification(longNotification, noImages());
    const pages = client.db().collection<{ _id: string }>('pages');
    const kept = await pages.countDocuments();
    expect(kept).toBeGreaterThan(1);
    const orphan = { v: Buffer.from('x'), collection: 'notifications', owner: 'n', at: Date.now() };
    await pages.insertOne({ _id: 'gone\t000000000', ...orphan });
    const prune = { before: '2020-01-01T00:00:00Z', keepFeeds: [] };
    await store.prune(prune);
    expect(await pages.countDocuments()).toBe(kept + 1);
    const later = await open({ uri, now: () => new Date(Date.now() + 2 * 86_400_000) });
    await later.prune(prune);
    expect(await pages.countDocuments()).toBe(kept);
    expect((await later.notification('n'))?.after?.description).toHaveLength(2_000_000);
  });

  it('removes features and images whose composition or notification was never written, but not at once', async () => {
    const store = await open({ uri });
    const parts = (name: string) => client.db().collection<{ _id: string }>(name);
    const cutOff = `${Date.now().toString(36)}-cut-off`;
    const composition = { id: 'c'.repeat(64), namespaces: [], channels: [], evidence: [], files: [] };
    const openssl = { type: 'dpkg', name: 'openssl', version: '1', path: 'p', namespace: null, layer: 'l' } as const;
    await store.putComposition(composition, [openssl]);
    for (const [name, id] of [
      ['features', composition.id],
      ['features', 'd'.repeat(64)],
      ['affected', 'n'],
    ] as const) {
      for (const number of [0, 1]) {
        const document = { v: JSON.stringify([[0, openssl]]), names: ['dpkg\topenssl'], transitions: [] };
        await parts(name).insertOne({ _id: `${id}\t${cutOff}\t00000000${number}`, ...document });
      }
    }
    const counts = async () => [await parts('features').countDocuments(), await parts('affected').countDocuments()];
    const prune = { before: '2020-01-01T00:00:00Z', keepFeeds: [] };
    await store.prune(prune);
    expect(await counts()).toEqual([5, 2]);
    const found = [];
    for await (const { composition: one, pieces } of store.compositionsWithPackage('dpkg', 'openssl')) {
      for await (const features of pieces()) found.push({ composition: one, features });
    }
    expect(found).toEqual([{ composition, features: [openssl] }]);
    const later = await open({ uri, now: () => new Date(Date.now() + 2 * 86_400_000) });
    await later.prune(prune);
    expect(await counts()).toEqual([1, 0]);
    expect(await later.compositionFeatures(composition.id)).toEqual([openssl]);
  });

  it('rejects names that no document could contain, and continues', async () => {
    const store = await open({ uri });
    const writer = await store.writeFeed('feed');
    const refused = { name: 'ClarionError', code: 'limit-exceeded' };
    await expect(writer.put(group('x'.repeat(100_000), []), 'h')).rejects.toMatchObject(refused);
    await writer.put(group('openssl', []), 'h');
    await writer.commit(state('feed'));
    expect(await store.advisories([['debian:12', 'openssl']])).toHaveLength(1);
  });

  it('gives the feed of a writer without a sign of life to another one, and stops the first', async () => {
    let time = Date.parse('2026-01-01T00:00:00Z');
    const now = () => new Date(time);
    const [first, second] = [await open({ uri, now }), await open({ uri, now })];
    await update(first, group('openssl', ['old']));
    const slow = await first.writeFeed('feed');
    await slow.put(group('openssl', ['slow']), 'slow');
    await expect(second.writeFeed('feed')).rejects.toMatchObject({ code: 'invalid-input' });
    time += 60_001;
    await update(second, group('openssl', ['new']));
    await expect(slow.put(group('zlib', ['slow']), 'slow')).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(slow.commit(state('feed'))).rejects.toMatchObject({ code: 'invalid-input' });
    const found = await second.advisories([
      ['debian:12', 'openssl'],
      ['debian:12', 'zlib'],
    ]);
    expect(found).toStrictEqual([group('openssl', ['new'])]);
    await (await second.writeFeed('feed')).abort();
  });

  it('reads a feed again whose redo log is damaged', async () => {
    const store = await open({ uri });
    await update(store, group('openssl', ['old']));
    await client
      .db()
      .collection<{ _id: string }>('feeds')
      .updateOne({ _id: 'feed' }, { $set: { redo: 'lost' } });
    await (await store.writeFeed('feed')).abort();
    expect(await store.feedStates()).toEqual([]);
    await update(store, group('openssl', ['new']));
    expect(await store.feedStates()).toStrictEqual([state('feed')]);
  });
});

const longNotification: Notification = {
  id: 'n',
  update: 'u',
  feed: 'f',
  vulnerability: 'v',
  createdAt: '2026-01-01T00:00:00.000Z',
  state: 'created',
  before: null,
  after: {
    id: 'v',
    aliases: [],
    severity: 'High',
    description: noise(2_000_000),
    epss: null,
    knownExploited: null,
    links: [],
    packages: [],
  },
  counts: { affected: 0, cleared: 0, changed: 0 },
  namespaces: [],
};

async function* noImages(): AsyncGenerator<readonly never[]> {
  yield await Promise.resolve([]);
}
