import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Store } from '@clarion/model';
import { bundleLibrary, describeWithMongoServer } from '@clarion/test-kit';
import { MongoClient } from 'mongodb';

import { type MongoStoreOptions, openMongoStore } from './open-mongo-store';

// Another process runs the current store: bundled once, with the real driver.

const leaseMillis = 400;
/** The clock of all processes here is ahead by this much: leases of dead processes expire without a wait. */
let aheadMillis = 0;
const now = (): Date => new Date(Date.now() + aheadMillis);
const day = 86_400_000;

let scratch: string;
let bundle: string;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-store-mongo-'));
  bundle = bundleLibrary(path.join(__dirname, 'index.ts'), 'mongodb', scratch);
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs the update of a generation; true if it completed, false if it was killed at its Nth command. */
function runWriter(uri: string, generation: number, fatal: number): boolean {
  const script = path.join(__dirname, '../testing/killed-writer.cjs');
  // Every attempt is another update.
  const update = [generation, fatal].map((part) => String(part).padStart(6, '0')).join('-');
  const arguments_ = [bundle, uri, leaseMillis, generation, fatal, aheadMillis, update].map(String);
  const done = spawnSync(process.execPath, [script, ...arguments_], { encoding: 'utf8', timeout: 120_000 });
  if (done.signal !== 'SIGKILL' && done.status !== 0) throw new Error(done.stderr);
  return done.signal === null;
}

/**
 * Everything that an update writes, by its generation; `published` if its changes must be pending publication already.
 */
async function generations(store: Store, published = true): Promise<readonly number[]> {
  const found: string[] = [];
  const names = ['a', 'b', 'large'].map((name) => ['debian:12', name] as const);
  const groups = await store.advisories(names);
  for (const group of groups) found.push(group.advisories[0]?.id.split('-')[1] ?? '');
  for await (const [key, hash] of store.groupHashes('feed', 'd')) {
    found.push(hash, key.package.startsWith('only-') ? key.package.slice('only-'.length) : hash);
  }
  const texts = await store.vulnerabilities(['CVE-1', 'CVE-2024-1234']);
  for (const { description, epss } of texts.flatMap((one) => one.texts))
    found.push(description ?? String(1000 * Number(epss?.score)));
  for (const { cpes } of await store.repositories(['r'])) found.push(...cpes);
  const pending = (await store.pendingChanges(1000)).at(-1)?.update.split('-')[0] ?? '0';
  const state = (await store.feedStates()).find(({ feed }) => feed === 'feed');
  found.push(String(state?.statements ?? 0));
  const generation = Number(found.at(-1));
  if (published) found.push(pending);
  // Never for facts that are not visible.
  else expect(Number(pending)).toBeLessThanOrEqual(generation);
  // All or nothing: three groups, four hashes twice, two vulnerability records, a repository, a change, the state.
  expect(found).toHaveLength((generation === 0 ? 1 : 15) + Number(published));
  const mentioned = await store.packagesOf(`CVE-${generation}-2400`);
  expect(mentioned).toEqual(generation === 0 ? [] : [['debian:12', 'large']]);
  return [...new Set(found.map(Number))];
}

/** The generation of the facts that the log, undone, gives for the time of a generation. */
async function pastGeneration(store: Store, generation: number): Promise<readonly unknown[]> {
  const at = new Date(Date.UTC(2026, 0, generation, 12)).toISOString();
  const revisions = await store.revisionsAt(at);
  const since = new Map(revisions.map(({ feed, update }) => [feed, update]));
  const names = ['a', `only-${generation}`, `only-${generation + 1}`].map((name) => ['debian:12', name] as const);
  const groups = new Map((await store.advisories(names)).map((group) => [group.package, group]));
  const present = new Map(names.map(([, name]) => [name, groups.has(name)]));
  const ids = new Map([...groups].map(([name, { advisories }]) => [name, new Set(advisories.map(({ id }) => id))]));
  const texts = new Map(
    (await store.vulnerabilities(['CVE-1', 'CVE-2024-1234'])).map(({ id, texts: [one] }) => [id, one]),
  );
  const [repository] = await store.repositories(['r']);
  let cpes = repository?.cpes;
  const undone = new Set<string>();
  const isFirst = (key: string) => !undone.has(key) && undone.add(key).size > 0;
  for await (const change of store.packageChanges(names, since)) {
    const name = change.package;
    if (!('vulnerability' in change)) {
      if (isFirst(name)) present.set(name, change.before !== null);
    } else if (isFirst(`${name} ${change.vulnerability}`)) {
      const known = ids.get(name) ?? new Set();
      ids.set(name, known);
      if (change.before.length === 0) known.delete(change.vulnerability);
      else known.add(change.vulnerability);
    }
  }
  for await (const { vulnerability, before } of store.textChanges(['CVE-1', 'CVE-2024-1234'], since, {
    firstOnly: true,
  })) {
    if (isFirst(vulnerability)) texts.set(vulnerability, before ?? undefined);
  }
  for await (const { before } of store.repositoryChanges(['r'], since)) if (isFirst('repository')) cpes = before ?? [];
  return [
    ...[present.get(`only-${generation}`), present.get(`only-${generation + 1}`)],
    [...(ids.get('a') ?? [])].filter((id) => id !== 'CVE-1'),
    ...[texts.get('CVE-1')?.description, texts.get('CVE-2024-1234')?.epss?.score, cpes],
  ];
}

/** Facts of each generation so far are what they were, and the history has exactly the committed updates. */
async function expectPast(store: Store, generation: number): Promise<void> {
  const { items } = await store.revisions('feed', { limit: 1000 });
  const committed = Array.from({ length: generation }, (_, n) => generation - n);
  expect(items.map(({ update }) => Number(update.split('-')[0]))).toEqual(committed);
  const updates = new Set<string>();
  for await (const { update } of store.vulnerabilityChanges('CVE-1')) updates.add(update);
  expect([...updates].sort()).toEqual(items.map(({ update }) => update).sort());
  for (const past of new Set([1, generation - 2, generation - 1, generation])) {
    if (past < 1 || past > generation) continue;
    const text = String(past);
    const expected = [true, false, [`CVE-${past}-0`], text, past / 1000, [text]];
    expect({ past, found: await pastGeneration(store, past) }).toEqual({ past, found: expected });
  }
}

describeWithMongoServer('a writer of a feed that is killed', (server) => {
  const opened: Store[] = [];
  /** Open connections would keep a failed run alive. */
  const open = async (options: MongoStoreOptions) => {
    const store = await openMongoStore(options);
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  it('just before any of its commands leaves the feed unchanged, or completely updated', async () => {
    const uri = server().freshUri();
    const advances: boolean[] = [];
    const reader = await open({ uri, leaseMillis, now });
    let generation = 0;
    for (let fatal = 1; ; fatal += 1) {
      const lived = runWriter(uri, generation + 1, fatal);
      // Readers see the complete old or the complete new state, even before the cleanup.
      const [seen = -1, ...others] = await generations(reader, false);
      expect({ fatal, others }).toEqual({ fatal, others: [] });
      await expectPast(reader, seen);
      aheadMillis += leaseMillis + 100;
      // The next process completes or discards it: when it opens the store, or when it writes the feed.
      const store = await open({ uri, leaseMillis, now });
      if (fatal % 2 === 0) await (await store.writeFeed('feed')).abort();
      const found = await generations(store);
      expect({ fatal, found }).toEqual({ fatal, found: [expect.any(Number)] });
      const [after = 0] = found;
      expect(seen).toBe(after);
      expect([generation, generation + 1]).toContain(after);
      advances.push(after > generation);
      await expectPast(store, after);
      generation = after;
      await store.close();
      if (lived) break;
    }
    // Which command is the Nth depends on how often the lease was prolonged: that it died on both sides often does not.
    expect(advances.filter((went) => !went).length).toBeGreaterThan(8);
    expect(advances.filter((went) => went).length).toBeGreaterThan(8);
    await expectNothingLeft(uri, open);
  }, 600_000);
});

/** The remains of interrupted updates are removed in the end: pages without a document, and all staged data. */
async function expectNothingLeft(uri: string, open: typeof openMongoStore): Promise<void> {
  aheadMillis += 2 * day;
  const later = await open({ uri, leaseMillis, now });
  await (await later.writeFeed('feed')).abort();
  await later.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: ['feed'] });
  const client = await new MongoClient(uri).connect();
  try {
    const large = await client
      .db()
      .collection('advisories')
      .find({ n: { $gt: 0 } })
      .toArray();
    expect(large).toHaveLength(1);
    expect(await client.db().collection('pages').countDocuments()).toBe(large[0]?.['n']);
    expect(await client.db().collection('mentions').countDocuments()).toBe(2);
    expect(await client.db().collection('staging').countDocuments()).toBe(0);
    // Nor rows of the log that no revision wrote.
    const revisions = (await client.db().collection('feedRevisions').find().toArray()).map(({ rev }) => Number(rev));
    for (const name of ['changes', 'textChanges', 'groupChanges', 'repositoryChanges', 'scoreChanges']) {
      const rows = await client.db().collection(name).find().toArray();
      expect(rows.length).toBeGreaterThan(0);
      for (const { rev } of rows) expect(revisions).toContain(rev);
    }
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}
