import { describeWithMongoServer } from '@clarion/test-kit';
import { MongoClient } from 'mongodb';

import { openMongoStore } from './open-mongo-store';

const bytes = Buffer.from('a result');

describeWithMongoServer('results', (server) => {
  it.each([
    ['is shorter', { v: bytes.subarray(1) }],
    ['has another digest', { digest: Buffer.alloc(32) }],
    ['has none', { digest: null }],
    ['is a text', { v: 'a result' }],
  ])('that were damaged are not returned, removed, and can be put again: one %s', async (_, change) => {
    const uri = server().freshUri();
    const [store, client] = [await openMongoStore({ uri }), await new MongoClient(uri).connect()];
    try {
      await store.putResult('name', bytes);
      await client.db().collection('results').updateOne({}, { $set: change });
      expect(await store.result('name')).toBeUndefined();
      await store.putResult('name', bytes);
      expect(Buffer.from((await store.result('name'))!).equals(bytes)).toBe(true);
    } finally {
      await client.db().dropDatabase();
      await client.close();
      await store.close();
    }
  });
});
