import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Store } from '@clarion/model';
import { OpenUpdates } from '@clarion/store-rules';
import * as lmdb from 'lmdb';

import type { StoreEnvironment } from './environment';
import { ensureFormat } from './format';
import { migrations, oldestFormat } from './migrations';
import type { StoreMigration } from './migrations/migration';
import { openEmbeddedStore } from './open-embedded-store';

let directory: string;
let env: StoreEnvironment | undefined;
const opened: Store[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-format-'));
});
afterEach(async () => {
  await env?.db.close();
  env = undefined;
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true });
});

const count = 1200;
const digest = (seed: number) => `sha256:${seed.toString(16).padStart(64, '0')}`;
const endpointOf = async (store: Store) => (await store.endpoints()).map(({ id }) => id);

async function openStore(): Promise<Store> {
  const store = await openEmbeddedStore({ directory });
  opened.push(store);
  return store;
}

/** A store in the oldest migratable format, as released, with user data. */
async function fillStore(): Promise<void> {
  const store = await openEmbeddedStore({ directory });
  await store.putEndpoint({ id: 'team' } as never);
  await store.close();
  const raw = rawStore();
  raw.db.transactionSync(() => {
    raw.db.putSync('meta\tformat', oldestFormat.format);
    for (let n = 0; n < count; n += 1)
      raw.db.putSync(`seen-file\tf${n}`, { diffId: digest(n), blob: digest(n), used: 1 });
  });
  await raw.db.close();
}

/** The file without a store around it, as a later build has it while it opens one. */
function rawStore(): StoreEnvironment {
  const file = path.join(directory, 'facts.mdb');
  const db = lmdb.open<unknown, string>({ path: file, noSubdir: true, encoding: 'msgpack', overlappingSync: false });
  const rest = { readOnly: false, mentions: false, mapSizeLimit: undefined, resultBytes: 0, now: () => new Date() };
  return { directory, file, db, lmdb, ...rest, openUpdates: new OpenUpdates() };
}

/** Two later formats: the first puts a member into a record, the second moves records to other keys. */
function laterFormats(rewritten: string[] = [], failAt = Number.POSITIVE_INFINITY): readonly StoreMigration[] {
  const first: StoreMigration = {
    to: 5,
    since: '7.1.0',
    ranges: [
      { start: 'endpoint\t', end: 'endpoint\n' },
      { start: 'seen-file\t', end: 'seen-file\n' },
    ],
    rewrite: ({ db }, key, value) => {
      rewritten.push(key);
      if (rewritten.length > failAt) throw new Error('cut off');
      db.putSync(key, { ...(value as object), five: true });
    },
  };
  const second: StoreMigration = {
    to: 6,
    since: '7.2.0',
    ranges: [{ start: 'seen-file\t', end: 'seen-file\n' }],
    rewrite: ({ db }, key, value) => {
      db.putSync(key.replace('seen-file', 'zz-seen'), { ...(value as object), six: true });
      db.removeSync(key);
    },
  };
  return [first, second];
}

function records(db: StoreEnvironment['db']): readonly { readonly five?: true; readonly six?: true }[] {
  return Array.from(db.getRange({ start: 'zz-seen\t', end: 'zz-seen\n' }), ({ value }) => value as { five?: true });
}

describe('the format of a store', () => {
  it('increases by one with every migration, and each names the Clarion version that reads it', () => {
    const formats = [oldestFormat.format, ...migrations.map(({ to }) => to)];
    expect(formats).toEqual(formats.map((_, index) => oldestFormat.format + index));
    for (const { since } of [oldestFormat, ...migrations]) expect(since).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('is brought up to date in place, step by step, with everything in it', async () => {
    await fillStore();
    env = rawStore();
    await ensureFormat(env, laterFormats());
    expect(env.db.get('meta\tformat')).toBe(6);
    expect(env.db.get('meta\tmigration')).toBeUndefined();
    expect(records(env.db)).toHaveLength(count);
    expect(records(env.db).every(({ five, six }) => five === true && six === true)).toBe(true);
    expect(env.db.get('endpoint\tteam')).toMatchObject({ id: 'team', five: true });
    const transactions = (env.db.getStats() as { lastTxnId: number }).lastTxnId;
    await ensureFormat(env, laterFormats());
    expect((env.db.getStats() as { lastTxnId: number }).lastTxnId).toBe(transactions);
  });

  it.each([0, 1, 2, 501, 502, 1100])('continues where it was interrupted: after %p records', async (failAt) => {
    await fillStore();
    env = rawStore();
    await expect(ensureFormat(env, laterFormats([], failAt))).rejects.toThrow('cut off');
    expect(env.db.get('meta\tformat')).toBe(4);
    const rewritten: string[] = [];
    await ensureFormat(env, laterFormats(rewritten));
    // Committed batches are not repeated: at most one batch and what comes after it.
    expect(rewritten.length).toBeLessThanOrEqual(count + 1 - Math.floor(Math.max(0, failAt - 1) / 500) * 500);
    expect(records(env.db).filter(({ five, six }) => five === true && six === true)).toHaveLength(count);
  });

  it('can be migrated by two processes at once', async () => {
    await fillStore();
    env = rawStore();
    const rewritten: string[] = [];
    await Promise.all([ensureFormat(env, laterFormats(rewritten)), ensureFormat(env, laterFormats(rewritten))]);
    expect(rewritten).toHaveLength(count + 1);
    expect(records(env.db)).toHaveLength(count);
  });

  it('of a later Clarion is rejected, with the required version, also for writers that opened it before', async () => {
    await fillStore();
    const older = await openStore();
    expect(await endpointOf(older)).toEqual(['team']);
    env = rawStore();
    const current = migrations.at(-1)?.to ?? 0;
    await ensureFormat(env, [...migrations, { to: current + 1, since: '7.3.0', ranges: [], rewrite: () => undefined }]);
    await expect(openEmbeddedStore({ directory })).rejects.toMatchObject({
      code: 'unsupported',
      remedy: expect.stringContaining('Clarion 7.3.0 or later') as string,
    });
    await expect(older.putSeenFile('x', { diffId: digest(1), blob: digest(1) })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('newer Clarion') as string,
    });
  });

  it('is migrated if it is opened read-only but is writable', async () => {
    await fillStore();
    const store = await openEmbeddedStore({ directory, readOnly: true });
    expect(await endpointOf(store)).toEqual(['team']);
    await store.close();
    env = rawStore();
    expect(env.db.get('meta\tformat')).toBe(migrations.at(-1)?.to);
  });

  it('is not changed if the store is not writable', async () => {
    await fillStore();
    env = { ...rawStore(), readOnly: true };
    await expect(ensureFormat(env, laterFormats())).rejects.toMatchObject({ code: 'unsupported' });
    expect(env.db.get('meta\tformat')).toBe(4);
  });
});
