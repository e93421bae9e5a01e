import path from 'node:path';

import { open } from 'lmdb';

import { storeOfEachTest } from '../testing/each-test';
import { recordKey } from './keys';

const here = storeOfEachTest();
const bytes = Buffer.from('a result');
const key = recordKey('result', 'name');

/** Changes the record of the result behind the back of the store. */
async function damage(change: (stored: Readonly<Record<string, unknown>>) => unknown): Promise<void> {
  const file = open<unknown, string>({
    path: path.join(here.directory, 'facts.mdb'),
    noSubdir: true,
    overlappingSync: false,
    pageSize: 8192,
  });
  await file.put(key, change(file.get(key) as Readonly<Record<string, unknown>>));
  await file.close();
}

describe('a result that was damaged', () => {
  it.each<[what: string, change: Parameters<typeof damage>[0]]>([
    ['is shorter', (stored) => ({ ...stored, bytes: bytes.subarray(1) })],
    ['is another one', (stored) => ({ ...stored, bytes: Buffer.from('b result') })],
    ['has another digest', (stored) => ({ ...stored, digest: Buffer.alloc(32) })],
    ['is empty', () => ({})],
    ['is a text', () => 'a result'],
    ['is nothing', () => null],
  ])('%s: is not returned, removed, and can be put again', async (_, change) => {
    await here.store.putResult('name', bytes);
    await damage(change);
    expect(await here.store.result('name')).toBeUndefined();
    await here.store.putResult('name', bytes);
    await here.reopen();
    expect(Buffer.from((await here.store.result('name'))!).equals(bytes)).toBe(true);
    await here.store.prune({ before: '9000-01-01T00:00:00Z', keepFeeds: [] });
    expect(await here.store.resultsSize()).toEqual({ results: 0, bytes: 0 });
  });
});

it('reads results that it may not remove, and keeps none, when it is open for reading only', async () => {
  await here.store.putResult('name', bytes);
  const { openEmbeddedStore } = await import('./open-embedded-store');
  const reader = await openEmbeddedStore({ directory: here.directory, readOnly: true });
  await reader.putResult('other', bytes);
  expect([(await reader.result('name')) === undefined, await reader.result('other')]).toEqual([false, undefined]);
  await reader.close();
});
