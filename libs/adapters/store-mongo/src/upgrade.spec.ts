import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { describeWithMongoServer, restoreDatabase, storeContent, type StoreContent } from '@clarion/test-kit';
import { MongoClient } from 'mongodb';

import { openMongoStore } from './open-mongo-store';

// Databases that earlier builds filled, as their users have them (tools/store-fixtures).

const formats = path.resolve(__dirname, '../testdata/formats');

describeWithMongoServer('upgrades of MongoDB', (server) => {
  describe.each(readdirSync(formats))('a database of %s', (release) => {
    const stored = (name: string): string => gunzipSync(readFileSync(path.join(formats, release, name))).toString();
    const expected = JSON.parse(stored('content.json.gz')) as StoreContent;
    let uri: string;
    let client: MongoClient;

    beforeEach(async () => {
      uri = server().freshUri();
      client = await new MongoClient(uri).connect();
      await restoreDatabase(client.db(), stored('database.ndjson.gz').split('\n'));
    });
    afterEach(async () => {
      await client.db().dropDatabase();
      await client.close();
    });

    it('is opened with everything in it, again and again', async () => {
      for (const part of ['images', 'compositions', 'layers', 'groups', 'notifications', 'deliveries', 'endpoints'])
        expect(expected[part]?.length).toBeGreaterThan(0);
      for (let opening = 0; opening < 2; opening += 1) {
        const store = await openMongoStore({ uri });
        const content = await storeContent(store);
        await store.close();
        expect(content).toMatchObject(expected);
      }
    });

    it('is upgraded by several processes at once', async () => {
      const stores = await Promise.all([1, 2, 3, 4].map(() => openMongoStore({ uri })));
      const [loaded, ...others] = await Promise.all(stores.map((store) => store.horizons()));
      await Promise.all(stores.map((store) => store.close()));
      expect(loaded?.length).toBeGreaterThan(0);
      for (const other of others) expect(other).toEqual(loaded);
    });

    it('has a history that begins with what is stored', async () => {
      const store = await openMongoStore({ uri });
      const loaded = (await store.feedStates()).filter(({ lastSuccess }) => lastSuccess !== undefined);
      const known = (await store.horizons()).map(({ feed, at }) => [feed, at]);
      const since = loaded.map(({ lastSuccess }) => lastSuccess).sort();
      const then = await store.revisionsAt(since.at(-1) ?? '');
      await store.close();
      expect(known).toEqual(loaded.map(({ feed, lastSuccess }) => [feed, lastSuccess]));
      expect(then.map(({ feed }) => feed)).toEqual(loaded.map(({ feed }) => feed));
    });

    it('is pruned and written like any other', async () => {
      const store = await openMongoStore({ uri });
      const [feed] = (await store.feedStates()).map((state) => state.feed);
      const pruned = await store.prune({ before: '2999-01-01T00:00:00.000Z', keepFeeds: [feed ?? ''] });
      expect(pruned.images).toBe(expected['images']?.length);
      const content = await storeContent(store);
      await store.close();
      expect([content['images'], content['compositions'], content['feeds']?.length]).toEqual([[], [], 1]);
      expect(content).toMatchObject({ endpoints: expected['endpoints'], notifications: expected['notifications'] });
    });
  });
});
