import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { storeContent, type StoreContent } from '@clarion/test-kit';

import { openEmbeddedStore } from './open-embedded-store';

// Stores that earlier builds filled, as their users have them (tools/store-fixtures).

const formats = path.resolve(__dirname, '../testdata/formats');

describe.each(readdirSync(formats))('a store of %s', (release) => {
  const stored = (name: string): Buffer => gunzipSync(readFileSync(path.join(formats, release, name)));
  const expected = JSON.parse(stored('content.json.gz').toString()) as StoreContent;
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'clarion-upgrade-'));
    writeFileSync(path.join(directory, 'facts.mdb'), stored('facts.mdb.gz'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('has something of everything', () => {
    for (const part of ['images', 'compositions', 'layers', 'groups', 'texts', 'counts', 'endpoints', 'tags'])
      expect(expected[part]?.length).toBeGreaterThan(0);
    for (const part of ['notifications', 'affected', 'deliveries']) expect(expected[part]?.length).toBeGreaterThan(0);
  });

  it.each([{ readOnly: true }, { mentions: false }, { mentions: true }])('is opened with %p', async (options) => {
    // The second time it has the format of this build.
    for (let opening = 0; opening < 2; opening += 1) {
      const store = await openEmbeddedStore({ directory, ...options });
      const content = await storeContent(store);
      await store.close();
      expect(content).toMatchObject(expected);
    }
  });

  it('has a history that begins with what is stored', async () => {
    const store = await openEmbeddedStore({ directory });
    const loaded = (await store.feedStates()).filter(({ lastSuccess }) => lastSuccess !== undefined);
    const known = (await store.horizons()).map(({ feed, at }) => [feed, at]);
    const since = loaded.map(({ lastSuccess }) => lastSuccess).sort();
    const then = await store.revisionsAt(since.at(-1) ?? '');
    const before = await store.revisionsAt('2020-01-01T00:00:00.000Z');
    await store.close();
    expect(known).toEqual(loaded.map(({ feed, lastSuccess }) => [feed, lastSuccess]));
    expect(then.map(({ feed }) => feed)).toEqual(loaded.map(({ feed }) => feed));
    expect(before).toEqual([]);
  });

  it('is pruned and written like any other', async () => {
    const store = await openEmbeddedStore({ directory, mentions: true });
    const [feed] = (await store.feedStates()).map((state) => state.feed);
    const pruned = await store.prune({ before: '2999-01-01T00:00:00.000Z', keepFeeds: [feed ?? ''] });
    expect(pruned.images).toBe(expected['images']?.length);
    const content = await storeContent(store);
    await store.close();
    expect([content['images'], content['compositions'], content['feeds']?.length]).toEqual([[], [], 1]);
    expect(content).toMatchObject({ endpoints: expected['endpoints'], notifications: expected['notifications'] });
  });
});
