import { describeStoreContract, describeWithMongoServer, type StoreUnderTest } from '@clarion/test-kit';
import { BSON, type Document, MongoClient } from 'mongodb';

import { openMongoStore } from './open-mongo-store';
import { describeShape, servingIndex, shapesOf } from '../testing/query-shapes';

const mebibyte = 1024 * 1024;

describeWithMongoServer('store-mongo', (server) => {
  let database: { readonly uri: string; readonly client: MongoClient } | undefined;
  const shapes = new Map<string, string | undefined>();
  const surprises = new Set<string>();
  let largest = 0;

  /** The commands of all tests below. */
  const onCommand = (name: string, command: Document) => {
    try {
      for (const shape of shapesOf(name, command)) shapes.set(describeShape(shape), servingIndex(shape));
    } catch (error) {
      surprises.add(String(error));
    }
    for (const document of written(command)) largest = Math.max(largest, BSON.calculateObjectSize(document));
  };

  /** One database for all tests, emptied after each: creating its indexes takes longer than most tests. */
  async function openEmptyStore(): Promise<StoreUnderTest> {
    database ??= await connect(server().freshUri());
    const { uri, client } = database;
    const store = await openMongoStore({ uri, onCommand });
    return {
      store,
      reopen: (options) => openMongoStore({ uri, onCommand, ...options }),
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

  describe('commands of the contract suite', () => {
    it('are served by an index each, and need nothing that a single server or a shard lacks', () => {
      expect([...surprises]).toEqual([]);
      expect([...shapes].map(([shape, index]) => `${shape} → ${index ?? 'NONE'}`).sort()).toEqual(servedShapes);
    });

    it('write no document of more than a mebibyte', () => {
      expect(largest).toBeGreaterThan(mebibyte / 100);
      expect(largest).toBeLessThan(mebibyte);
    });
  });
});

async function connect(uri: string): Promise<{ readonly uri: string; readonly client: MongoClient }> {
  return { uri, client: await new MongoClient(uri).connect() };
}

/** What a command may leave behind as a document, or as a part of one. */
function written(command: Document): readonly Document[] {
  const documents = (command['documents'] ?? []) as readonly Document[];
  const updates = ((command['updates'] ?? []) as readonly Document[]).map(({ u }) => u as Document);
  const update = command['update'] as unknown;
  return [...documents, ...updates, ...(typeof update === 'object' && update !== null ? [update] : [])];
}

/**
 * Every query and guarded write with the index that serves it; `>` marks a range, `of` several values. A new line here
 * is a decision: the server of the specs scans whole collections anyway, a real one must not.
 */
const servedShapes: readonly string[] = [
  'advisories {_id of} → _id',
  'advisories {_id} → _id',
  'advisories {document>} → document',
  'advisories {document} by _id → document',
  'advisories {gone>} → gone',
  'advisories {ids} → ids',
  'advisories {name of} by name, _id → name',
  'advisories {name of} → name',
  'advisories {name>} by name → name',
  'affected {_id of} → _id',
  'affected {_id>} by _id → _id',
  'affected {_id>} → _id',
  'affected {_id} → _id',
  'affected {transitions, _id>} by _id → transitions',
  'blobs {_id} → _id',
  'blobs {layer} → layer',
  'changed {_id of, told} → _id',
  'changed {_id of} → _id',
  'changed {_id} → _id',
  'changed {told, _id>} → told',
  'changed {told} by _id → told',
  'changes {_id of} → _id',
  'changes {_id>} by _id → _id',
  'changes {_id>} → _id',
  'changes {_id} → _id',
  'changes {name of, _id>} by name, _id → name',
  'changes {name of} by name, _id → name',
  'changes {vulnerability, _id>} by _id → vulnerability',
  'changes {vulnerability} by _id → vulnerability',
  'compositions {_id of} → _id',
  'compositions {_id, checkPlan} → _id',
  'compositions {_id, stored} → _id',
  'compositions {_id} → _id',
  'compositions {checkAt>} by checkAt → checkAt',
  'compositions {severities, _id>} by _id → severities',
  'compositions {severities} by _id → severities',
  'compositions {stored>} → stored',
  'deadLetters {_id>} by _id → _id',
  'deadLetters {_id} → _id',
  'deadLetters {} by _id → _id',
  'deliveries {_id of} → _id',
  'deliveries {_id} → _id',
  'deliveries {endpoint, order>} by order → order',
  'deliveries {endpoint, state, order>} by order → stateOrder',
  'deliveries {endpoint, state, ready>} by ready, _id → ready',
  'deliveries {endpoint, state} by order → stateOrder',
  'deliveries {endpoint} by order → order',
  'deliveries {endpoint} → ready',
  'deliveries {notification, _id>} by _id → notification',
  'deliveries {notification} by _id → notification',
  'deliveries {notification} → notification',
  'deliveries {state} by ready → next',
  'detections {_id of} → _id',
  'detections {_id>} → _id',
  'detections {_id} → _id',
  'endpoints {_id of} → _id',
  'endpoints {_id} → _id',
  'endpoints {} by _id → _id',
  'features {_id of} → _id',
  'features {_id>} by _id → _id',
  'features {_id>} → _id',
  'features {_id} → _id',
  'features {names, _id>} by _id → names',
  'features {names} by _id → names',
  'feedRevisions {_id of} → _id',
  'feedRevisions {_id>} by _id → _id',
  'feedRevisions {_id>} → _id',
  'feedRevisions {_id} → _id',
  'feedRevisions {feed, at>} by at, _id → at',
  'feedRevisions {first>} → first',
  'feedRevisions {} by _id → _id',
  'feeds {_id, $or} → _id',
  'feeds {_id, lease.token, redo} → _id',
  'feeds {_id, lease.token} → _id',
  'feeds {_id, redo} → _id',
  'feeds {_id} → _id',
  'feeds {} by _id → _id',
  'groupChanges {_id of} → _id',
  'groupChanges {_id>} by _id → _id',
  'groupChanges {_id>} → _id',
  'groupChanges {_id} → _id',
  'groupChanges {name of, _id>} by name, _id → name',
  'groupChanges {name of} by name, _id → name',
  'groupChanges {namespace, _id>} by _id → namespace',
  'groupChanges {namespace} by _id → namespace',
  'images {_id, revision} → _id',
  'images {_id} → _id',
  'images {composition, _id>} by _id → composition',
  'images {composition} by _id → composition',
  'images {composition} → composition',
  'images {layers of} → layers',
  'images {repositories, _id>} by _id → repositories',
  'images {repositories} by _id → repositories',
  'images {state, _id>} by _id → state',
  'images {state} by _id → state',
  'images {submitted, _id>} by _id → submitted',
  'images {submittedLayers, _id>} by _id → submittedLayers',
  'images {submittedLayers} by _id → submittedLayers',
  'images {submitted} by _id → submitted',
  'images {used>} → used',
  'layers {_id, used} → _id',
  'layers {_id} → _id',
  'layers {used>} → used',
  'leases {_id, $or} → _id',
  'leases {_id, holder} → _id',
  'mentions {_id} → _id',
  'mentions {ids} → ids',
  'meta {_id, version} → _id',
  'meta {_id>} by _id → _id',
  'meta {_id} → _id',
  'notifications {_id of} → _id',
  'notifications {_id, state of} → _id',
  'notifications {_id>} by _id → _id',
  'notifications {_id>} → _id',
  'notifications {_id} → _id',
  'notifications {state of, _id>} → state',
  'notifications {state, _id>} by _id → state',
  'notifications {state} by _id → state',
  'notifications {} by _id → _id',
  'pages {_id of} → _id',
  'pages {_id} → _id',
  'pages {} by _id → _id',
  'progress {_id, to} → _id',
  'progress {_id} → _id',
  'repositories {_id of} → _id',
  'repositories {_id} → _id',
  'repositories {feed} → feed',
  'repositories {gone>} → gone',
  'repositories {repository of} by repository, _id → repository',
  'repositories {repository of} → repository',
  'repositories {} by _id → _id',
  'repositoryChanges {_id of} → _id',
  'repositoryChanges {_id>} by _id → _id',
  'repositoryChanges {_id>} → _id',
  'repositoryChanges {_id} → _id',
  'repositoryChanges {repository of, _id>} by repository, _id → repository',
  'repositoryChanges {repository of} by repository, _id → repository',
  'scoreChanges {_id of} → _id',
  'scoreChanges {_id>} by _id → _id',
  'scoreChanges {_id>} → _id',
  'scoreChanges {_id} → _id',
  'scoreChanges {bucket of, _id>} by bucket, _id → bucket',
  'scoreChanges {bucket of} by bucket, _id → bucket',
  'scoreChanges {bucket, _id>} by _id → bucket',
  'scoreChanges {bucket} by _id → bucket',
  'scores {_id of} → _id',
  'scores {_id} → _id',
  'scores {bucket of} → bucket',
  'scores {feed} by _id → feed',
  'scores {feed} → feed',
  'scores {gone>} → gone',
  'scores {} by _id → _id',
  'results {_id} → _id',
  'results {at>} → at',
  'results {} by at → at',
  'seenFiles {_id} → _id',
  'seenFiles {used>} → used',
  'staging {_id>} by _id → _id',
  'staging {_id>} → _id',
  'states {_id of} → _id',
  'states {_id>} → _id',
  'states {_id} → _id',
  'states {} by _id → _id',
  'tagPeriods {_id, from} → _id',
  'tagPeriods {_id>} by _id → _id',
  'tagPeriods {_id} → _id',
  'tagPeriods {from>} → from',
  'tags {_id of} → _id',
  'tags {_id, moves} → _id',
  'tags {_id} → _id',
  'tags {from>} → from',
  'textChanges {_id of} → _id',
  'textChanges {_id>} by _id → _id',
  'textChanges {_id>} → _id',
  'textChanges {_id} → _id',
  'textChanges {vulnerability of, _id>} by vulnerability, _id → vulnerability',
  'textChanges {vulnerability of} by vulnerability, _id → vulnerability',
  'texts {_id of} → _id',
  'texts {_id} → _id',
  'texts {feed} by _id → feed',
  'texts {feed} → feed',
  'texts {gone>} → gone',
  'texts {id of} by id, _id → id',
  'texts {id of} → id',
  'texts {} by _id → _id',
].sort();
