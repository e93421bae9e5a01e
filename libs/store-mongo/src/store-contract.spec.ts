import { describeStoreContract, describeWithMongoServer, type StoreUnderTest } from '@clarion/test-kit';
import { MongoClient } from 'mongodb';

import { openMongoStore } from './open-mongo-store';

describeWithMongoServer('store-mongo', (server) => {
  let database: { readonly uri: string; readonly client: MongoClient } | undefined;

  /** One database for all tests, emptied after each: making its indexes takes longer than most tests. */
  async function openEmptyStore(): Promise<StoreUnderTest> {
    database ??= await connect(server().freshUri());
    const { uri, client } = database;
    const store = await openMongoStore({ uri });
    return {
      store,
      reopen: () => openMongoStore({ uri }),
      cleanup: async () => {
        await store.close();
        for (const collection of await client.db().collections()) await collection.deleteMany({});
      },
    };
  }

  afterAll(async () => {
    await database?.client.db().dropDatabase();
    await database?.client.close();
  });

  describeStoreContract('MongoDB', openEmptyStore);
});

async function connect(uri: string): Promise<{ readonly uri: string; readonly client: MongoClient }> {
  return { uri, client: await new MongoClient(uri).connect() };
}
