import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

import type { FeedState, LoggedChange, Store } from '@clarion/model';
import { describeWithMongoServer } from '@clarion/test-kit';
import { BSON, type Document, MongoClient } from 'mongodb';

import { declaredIndexes } from './indexes';
import { recordKey } from './keys';
import { migrations } from './migrations';
import { openMongoStore } from './open-mongo-store';
import { current, keyOfRevision, revisionId, type FeedRevisions } from './revisions';

// Beyond the contract of all stores: how revisions are distinguished, and what happens to leftovers.

const revisionsOf = (rev: number, rest: { base?: number; burned?: readonly number[] } = {}): FeedRevisions => ({
  version: 1,
  feeds: new Map([['feed', { feed: 'feed', rev, base: 0, burned: [], ...rest }]]),
});

describe('revisions', () => {
  it.each([
    ['a', 'b', 'feed', 'd'],
    ['npm', '@babel/core', 'feed', '@000000001'],
    ['x', '#000000001', 'feed', '#000000007'],
    ['x', '', '#', 'ä'],
  ])('can be separated from their key: %s %s %s %s', (...parts) => {
    const key = recordKey(...parts);
    for (const rev of [0, 1, 1_000_000_000]) expect(keyOfRevision(revisionId(key, rev))).toBe(key);
  });

  it('are valid from the base of their feed up to its revision, unless abandoned; the last one is current', () => {
    const documents = [0, 1, 2, 3, 4].map((rev) => ({
      _id: revisionId('k', rev),
      feed: 'feed',
      ...(rev === 0 ? {} : { rev }),
      ...(rev === 2 ? { gone: 'x' } : {}),
    }));
    const seen = (revisions: FeedRevisions) => current(documents, revisions).map(({ rev = 0 }) => rev);
    expect(seen({ version: 0, feeds: new Map() })).toEqual([0]);
    expect(seen(revisionsOf(1))).toEqual([1]);
    expect(seen(revisionsOf(2))).toEqual([]);
    expect(seen(revisionsOf(3))).toEqual([3]);
    expect(seen(revisionsOf(3, { burned: [3] }))).toEqual([]);
    expect(seen(revisionsOf(2, { burned: [2] }))).toEqual([1]);
    expect(seen(revisionsOf(5, { base: 5 }))).toEqual([]);
  });
});

const groupKey = { namespace: 'debian:12', feed: 'feed', document: 'd', nameKind: 'source', scheme: 'dpkg' } as const;

function state(changes: Partial<FeedState> = {}): FeedState {
  const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };
  return { feed: 'feed', parserVersion: 1, documents: {}, ...counts, ...changes };
}

async function update(store: Store, packages: Readonly<Record<string, string | undefined>>): Promise<void> {
  const writer = await store.writeFeed('feed');
  for (const [name, id] of Object.entries(packages)) {
    if (id === undefined) await writer.remove({ ...groupKey, package: name });
    else await writer.put({ ...groupKey, package: name, advisories: [{ id, state: 'affected' }] }, id);
  }
  await writer.commit(state({ lastChange: Object.values(packages).join() }));
}

const idsOf = async (store: Store, ...names: readonly string[]) => {
  const groups = await store.advisories(names.map((name) => ['debian:12', name] as const));
  return groups.flatMap(({ advisories }) => advisories.map(({ id }) => id));
};

describeWithMongoServer('revisions of feeds in a database', (server) => {
  let uri: string;
  let client: MongoClient;
  const opened: Store[] = [];
  const open = async () => {
    const store = await openMongoStore({ uri });
    opened.push(store);
    return store;
  };
  const all = (name: string) => client.db().collection<Document & { _id: string }>(name);

  beforeEach(async () => {
    uri = server().freshUri();
    client = await new MongoClient(uri).connect();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await client.db().dropDatabase();
    await client.close();
  });

  it('leave nothing behind but the last one, and removals until the next update', async () => {
    const store = await open();
    await update(store, { a: 'CVE-1', b: 'CVE-2' });
    await update(store, { a: undefined, b: 'CVE-3', never: undefined });
    expect((await all('advisories').find().toArray()).map(({ gone }) => gone !== undefined).sort()).toEqual([
      false,
      true,
    ]);
    await update(store, { c: 'CVE-4' });
    expect(await all('advisories').countDocuments()).toBe(2);
    expect(await all('states').countDocuments()).toBe(1);
    expect(await idsOf(store, 'a', 'b', 'c')).toEqual(['CVE-3', 'CVE-4']);
    await store.prune({ before: '2000-01-01T00:00:00Z', keepFeeds: [] });
    for (const name of ['advisories', 'states', 'feeds', 'staging']) expect(await all(name).countDocuments()).toBe(0);
  });

  it('that were abandoned never become valid, even if a slow process writes to them later', async () => {
    const store = await open();
    await update(store, { a: 'CVE-1' });
    // A process has begun to write, and shows no sign of life.
    await all('feeds').updateOne({ _id: 'feed' }, { $set: { redo: 'u', rev: 2 } });
    await (await (await open()).writeFeed('feed')).abort();
    const key = recordKey('debian:12', 'late', 'feed', 'd');
    const group = { ...groupKey, package: 'late', advisories: [{ id: 'CVE-9', state: 'affected' }] };
    const late = { name: recordKey('debian:12', 'late'), document: recordKey('feed', 'd'), v: JSON.stringify(group) };
    await all('advisories').insertOne({ _id: revisionId(key, 2), ...late, rev: 2, hash: 'h', ids: ['CVE-9'] });
    await update(store, { b: 'CVE-2' });
    expect(await idsOf(store, 'a', 'late', 'b')).toEqual(['CVE-1', 'CVE-2']);
    expect(await store.packagesOf('CVE-9')).toEqual([]);
  });

  it('that were abandoned are no part of the history, whatever their ids', async () => {
    const store = await open();
    const comparison = { nameKind: 'source', scheme: 'dpkg' } as const;
    const group = { ...groupKey, package: 'a' };
    const commit = async (update: string, before: string, after: string) => {
      const lists = [before, after].map((reason) => [{ id: 'CVE-1', state: 'affected', reason } as const]);
      const [old = [], now = []] = lists;
      const writer = await store.writeFeed('feed');
      await writer.put({ ...group, advisories: now }, after);
      await writer.putChange({ ...group, update, vulnerability: 'CVE-1', silent: true, before: old, after: now });
      await writer.commit(state(), { update, at: `2026-01-0${after}T00:00:00.000Z` });
    };
    await commit('u1', '0', '1');
    // A process whose clock is ahead has begun to write, shows no sign of life, and writes on after it was abandoned.
    await all('feeds').updateOne({ _id: 'feed' }, { $set: { redo: 'u', rev: 2 } });
    await (await store.writeFeed('feed')).abort();
    await commit('u2', '1', '2');
    const change = {
      ...group,
      ...comparison,
      update: 'u3',
      vulnerability: 'CVE-1',
      silent: true,
      before: [],
      after: [],
    };
    const of = { feed: 'feed', rev: 2, vulnerability: 'CVE-1', name: recordKey('debian:12', 'a') };
    const late = recordKey('u3', 'CVE-1', 'debian:12', 'a', 'feed', 'd');
    await all('changes').insertOne({ _id: late, ...of, v: JSON.stringify(change) });
    const row = { feed: 'feed', name: 'feed', rev: 2, update: 'u3', changes: 1, first: 'feed', v: '{}' };
    await all('feedRevisions').insertOne({ _id: recordKey('feed', 'u3'), ...row, at: 0, time: '1970-01-01T00:00:00Z' });
    await commit('u4', '2', '3');
    const updates: string[] = [];
    for await (const one of store.packageChanges([['debian:12', 'a']], new Map())) updates.push(one.update);
    expect(updates).toEqual(['u1', 'u2', 'u4']);
    expect((await store.revisions('feed', { limit: 9 })).items.map(({ update: id }) => id)).toEqual(['u4', 'u2', 'u1']);
    expect(await store.revisionTimes([['feed', 'u3']])).toEqual([]);
    expect(await store.horizons()).toEqual([]);
    expect(await store.revisionsAt('2025-12-31T00:00:00Z')).toEqual([]);
    const [second] = await store.revisionsAt('2026-01-02T12:00:00Z');
    expect(second).toMatchObject({ update: 'u2', next: { update: 'u4' } });
    await store.forgetChanges('u5');
    expect(await all('changes').countDocuments()).toBe(0);
    expect(await store.historyFrom()).toBe('2026-01-03T00:00:00.000Z');
  });

  it('have changes of several megabytes in documents of less than one, until they are forgotten', async () => {
    const store = await open();
    // Does not compress.
    const reason = randomBytes(2_000_000).toString('base64');
    const change = { ...groupKey, package: 'a', update: 'u1', vulnerability: 'CVE-1', silent: true } as const;
    const after = [{ id: 'CVE-1', state: 'affected', reason }] as const;
    const commit = async (changes: readonly LoggedChange[], of: string) => {
      const writer = await store.writeFeed('feed');
      for (const one of changes) await writer.putChange(one);
      await writer.commit(state(), { update: of, at: '2026-01-01T00:00:00Z' });
    };
    await commit([{ ...change, before: [], after }], 'u1');
    const found: unknown[] = [];
    for await (const one of store.packageChanges([['debian:12', 'a']], new Map())) found.push(one);
    expect(found).toEqual([{ ...change, before: [], after }]);
    expect(await all('pages').countDocuments()).toBeGreaterThan(2);
    for (const name of ['changes', 'pages', 'staging']) {
      for (const document of await all(name).find().toArray()) {
        expect(BSON.calculateObjectSize(document)).toBeLessThan(1024 * 1024);
      }
    }
    await commit([], 'u2');
    await store.forgetChanges('u2');
    expect(await all('changes').countDocuments()).toBe(0);
    expect(await all('pages').countDocuments()).toBe(0);
  });

  it('that a Clarion before the history made valid get the changes that it did not write any more', async () => {
    const store = await open();
    await update(store, { a: 'CVE-1' });
    const change = { ...groupKey, package: 'a', update: 'u2', vulnerability: 'CVE-1', before: [], after: [] };
    const batch = deflateRawSync(JSON.stringify([{ kind: 'change', change }]));
    await all('staging').insertOne({
      _id: recordKey('feed', 'u', 'b', '000000000', '000000000'),
      v: batch,
      last: true,
    });
    await all('feeds').updateOne({ _id: 'feed' }, { $set: { redo: 'u', rev: 2 } });
    const feeds = [{ feed: 'feed', rev: 2, base: 0, burned: [] }];
    await all('meta').updateOne({ _id: 'revisions' }, { $set: { feeds }, $inc: { version: 1 } });
    const next = await open();
    expect(await next.pendingChanges(9)).toEqual([{ update: 'u2', vulnerability: 'CVE-1' }]);
    const found: unknown[] = [];
    for await (const one of next.changes(change)) found.push(one);
    expect(found).toEqual([change]);
  });

  it.each([
    ['before it counts', 0],
    ['once it counts', 2],
  ])('survive a damaged redo log: %s', async (_, counting) => {
    const store = await open();
    await update(store, { a: 'CVE-1' });
    await all('feeds').updateOne({ _id: 'feed' }, { $set: { redo: 'u', rev: 2 } });
    const broken = { _id: recordKey('feed', 'u', 'a', '000000000', '000000000') };
    await all('staging').insertOne({ ...broken, v: Buffer.from('no log'), last: true });
    if (counting > 0) {
      const feeds = [{ feed: 'feed', rev: counting, base: 0, burned: [] }];
      await all('meta').updateOne({ _id: 'revisions' }, { $set: { feeds }, $inc: { version: 1 } });
    }
    const next = await open();
    expect(await idsOf(next, 'a')).toEqual(['CVE-1']);
    await update(next, { a: 'CVE-2' });
    expect(await idsOf(next, 'a')).toEqual(['CVE-2']);
    expect(await all('advisories').countDocuments()).toBe(1);
    expect(await all('staging').countDocuments()).toBe(0);
  });

  it('abort a stream with a retryable error when its feed is updated meanwhile', async () => {
    const store = await open();
    await update(store, { a: 'CVE-1', b: 'CVE-1' });
    const read = async () => {
      for await (const [{ package: name }] of store.groupHashes('feed', 'd')) {
        if (name === 'a') await update(store, { a: 'CVE-2' });
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream-unavailable', retryable: true });
  });

  it('take over a database of format 1 in place, with states of any length and an update that was declared', async () => {
    const documents = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [
        `d${n}`,
        { validators: { etag: `${Math.sin(n)}${Math.cos(n)}` }, groups: 1, namespaces: [] },
      ]),
    );
    const long = state({ feed: 'long', documents });
    const store = await open();
    await update(store, { a: 'CVE-1', b: 'CVE-1' });
    await store.putFeedState(long);
    await store.putEndpoint({ id: 'team' } as never);
    await store.close();
    await toFormat1();
    const migrated = await open();
    expect((await migrated.feedStates()).map(({ feed }) => feed)).toEqual(['feed', 'long']);
    expect((await migrated.feedStates())[1]).toStrictEqual(long);
    expect((await migrated.endpoints()).map(({ id }) => id)).toEqual(['team']);
    // A declared update is applied completely.
    expect(await idsOf(migrated, 'a', 'b')).toEqual(['CVE-7', 'CVE-1']);
    expect(await all('meta').findOne({ _id: 'format' })).toMatchObject({ version: migrations.at(-1)?.to });
    const later = await openMongoStore({ uri, now: () => new Date(Date.now() + 3 * 86_400_000) });
    opened.push(later);
    await later.prune({ before: '2000-01-01T00:00:00Z', keepFeeds: ['feed', 'long'] });
    expect((await later.feedStates())[1]).toStrictEqual(long);
    await update(later, { a: undefined });
    expect(await idsOf(later, 'a', 'b')).toEqual(['CVE-1']);
  });

  /** Turns the database into what a Clarion of format 1 would have left, killed after it had declared an update. */
  async function toFormat1(): Promise<void> {
    for (const { _id, feed, v, g, n } of await all('states').find().toArray()) {
      const value = { v: v as unknown, ...(g === undefined ? {} : { g: g as unknown, n: n as unknown }) };
      const set = { ...value, name: feed as string, applied: 'x' };
      await all('feeds').updateOne({ _id: keyOfRevision(_id) }, { $set: set }, { upsert: true });
      await all('pages').updateMany({ owner: _id }, { $set: { collection: 'feeds', owner: keyOfRevision(_id) } });
    }
    for (const document of await all('advisories').find().toArray()) {
      const { rev: _, ...rest } = document;
      await all('advisories').deleteOne({ _id: document._id });
      await all('advisories').insertOne({ ...rest, _id: keyOfRevision(document._id) });
    }
    const group = { ...groupKey, package: 'a', advisories: [{ id: 'CVE-7', state: 'affected' }] };
    const staged = [{ kind: 'group', group, hash: 'CVE-7' }];
    for (const [order, batch] of [
      ['a', staged],
      ['c', [{ kind: 'state', state: state({ lastChange: 'declared' }) }]],
    ] as const) {
      const _id = recordKey('feed', 'u', order, '000000000', '000000000');
      await all('staging').insertOne({ _id, v: deflateRawSync(JSON.stringify(batch)), last: true });
    }
    await all('feeds').updateOne({ _id: 'feed' }, { $set: { redo: 'u' } });
    await all('states').drop();
    await all('meta').deleteOne({ _id: 'revisions' });
    await all('meta').updateOne({ _id: 'format' }, { $set: { version: 1 }, $unset: { since: '' } });
    for (const [name, indexes] of Object.entries(declaredIndexes)) {
      if (indexes.some((index) => index.name === 'gone')) await all(name).dropIndex('gone');
    }
  }
});
