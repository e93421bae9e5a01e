import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { AdvisoryGroup } from '@clarion/model';
import { OpenUpdates } from '@clarion/store-rules';
import * as lmdb from 'lmdb';

import { advisoryStore } from './advisory-store';
import type { StoreEnvironment } from './environment';
import { openEmbeddedStore } from './open-embedded-store';

// The contract covers what all stores do; this covers the cost of a query to this one.

function group(name: string): AdvisoryGroup {
  const advisories = [{ id: 'CVE-2024-0001', state: 'affected' as const }];
  const key = { namespace: 'debian:12', package: name, feed: 'feed-a', document: 'main' };
  return { ...key, nameKind: 'source', scheme: 'dpkg', advisories };
}

it('makes as many lookups as names are stored, not as many as are requested', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  try {
    const store = await openEmbeddedStore({ directory });
    const writer = await store.writeFeed('feed-a');
    for (const name of ['p5', 'p5000', 'q']) await writer.put(group(name), name);
    const counts = { groups: 3, statements: 3, problems: 0, problemSamples: [] };
    await writer.commit({ feed: 'feed-a', parserVersion: 1, documents: {}, ...counts });
    await store.close();

    const file = path.join(directory, 'facts.mdb');
    const db = lmdb.open<unknown, string>({ path: file, noSubdir: true, encoding: 'msgpack', overlappingSync: false });
    const looks = [jest.spyOn(db, 'getKeys'), jest.spyOn(db, 'getRange'), jest.spyOn(db, 'get')];
    const rest = { readOnly: false, mentions: false, mapSizeLimit: undefined, resultBytes: 0, now: () => new Date() };
    const env: StoreEnvironment = { directory, file, db, lmdb, ...rest, openUpdates: new OpenUpdates() };
    const names = Array.from({ length: 10_000 }, (_, n) => ['debian:12', `p${9_999 - n}`] as const);
    const found = await advisoryStore(env).advisories(names);
    const asked = looks.reduce((sum, look) => sum + look.mock.calls.length, 0);
    await db.close();
    expect(found).toStrictEqual([group('p5000'), group('p5')]);
    expect(asked).toBeLessThan(10);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
