import type { Store } from '@clarion/model';
import { describeWithMongoServer, mongoServerKind } from '@clarion/test-kit';
import { type Document, MongoClient } from 'mongodb';

import {
  compositionId,
  digestOf,
  feeds,
  fillStore,
  notificationId,
  packageName,
  packagesEach,
  timeOfUpdate,
  updateId,
  updates,
  vulnerabilityId,
} from '../testing/filled-store';
import { faultsOf, queryPlanOf, seeksOf } from '../testing/query-plans';
import { describeShape, servingIndex, shapesOf } from '../testing/query-shapes';
import { openMongoStore } from './open-mongo-store';

// What reports, searches, the history and lists ask of the database, and which index answers: by the rules of the shapes
// always, and by what the planner says where MONGODB_URI is a real server.

async function drain(items: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const names = Array.from({ length: packagesEach }, (_, n) => ['debian:12', packageName(n)] as const);
const ids = names.flatMap((_, n) => [vulnerabilityId(n), `RECORD-${n}`]);
const since = new Map(feeds.map((feed) => [feed as string, updateId(updates - 2)]));
const page = { limit: 10 };
const detectors = ['dpkg', 'apk'].map((id) => ({ id, version: 1 }));
const tag = { repository: 'registry.example/team/app-1', tag: '1' };
const changed = { update: updateId(2), vulnerability: vulnerabilityId(1) };

async function everyPage(
  ask: (page: { readonly limit: number; readonly after?: string }) => Promise<{ readonly next?: string }>,
): Promise<void> {
  const { next } = await ask(page);
  if (next !== undefined) await ask({ ...page, after: next });
}

/** What is read while somebody waits, with the shapes that it asks for (`describeShape`) and the indexes that serve them. */
const reads: readonly (readonly [string, (store: Store) => Promise<unknown>, readonly string[]])[] = [
  ['revisions and states of feeds', (store) => store.feedStates(), ['meta {_id} → _id', 'states {} by _id → _id']],
  ['an image', (store) => store.image(digestOf(1)), ['images {_id} → _id']],
  ['a composition', (store) => store.composition(compositionId(1)), ['compositions {_id} → _id']],
  [
    'packages of a composition',
    (store) => store.compositionFeatures(compositionId(1)),
    ['compositions {_id} → _id', 'features {_id>} → _id'],
  ],
  ['a layer', (store) => store.layer(digestOf(1), detectors), ['detections {_id of} → _id', 'layers {_id} → _id']],
  [
    'what is missing of a layer',
    (store) => store.missing(digestOf(1), detectors),
    ['detections {_id of} → _id', 'layers {_id} → _id'],
  ],
  ['a report that is kept', (store) => store.result('report'), ['results {_id} → _id']],
  ['the layer of a blob', (store) => store.diffIdOfBlob(digestOf(1001)), ['blobs {_id} → _id']],
  ['advisories', (store) => store.advisories(names), ['advisories {name of} by name, _id → name', 'meta {_id} → _id']],
  ['names of packages', (store) => store.packageNames('debian:12'), ['advisories {name>} by name → name']],
  [
    'vulnerabilities',
    (store) => store.vulnerabilities(ids),
    ['meta {_id} → _id', 'scores {bucket of} → bucket', 'texts {id of} by id, _id → id'],
  ],
  [
    'repositories',
    (store) => store.repositories(['baseos', 'appstream']),
    ['meta {_id} → _id', 'repositories {repository of} by repository, _id → repository'],
  ],
  [
    'packages of a vulnerability',
    (store) => store.packagesOf(vulnerabilityId(1)),
    ['advisories {ids} → ids', 'advisories {name of} → name', 'mentions {ids} → ids', 'meta {_id} → _id'],
  ],
  [
    'images with a package',
    async (store) => {
      for await (const { pieces } of store.compositionsWithPackage('dpkg', packageName(9))) await drain(pieces());
    },
    ['compositions {_id of} → _id', 'features {names} by _id → names'],
  ],
  [
    'names of images',
    (store) => everyPage((of) => store.imageNames(compositionId(1), { ...of, limit: 2 })),
    ['images {composition, _id>} by _id → composition', 'images {composition} by _id → composition'],
  ],
  [
    'counts of findings',
    (store) => store.counts([compositionId(1), compositionId(2)]),
    ['compositions {_id of} → _id'],
  ],
  [
    'compositions by severity',
    (store) => everyPage((of) => store.compositionsWith('High', { ...of, limit: 2 })),
    ['compositions {severities, _id>} by _id → severities', 'compositions {severities} by _id → severities'],
  ],
  [
    'all images',
    (store) => everyPage((of) => store.images({ by: 'all' }, of)),
    ['images {submitted, _id>} by _id → submitted', 'images {submitted} by _id → submitted'],
  ],
  [
    'images by state',
    (store) => everyPage((of) => store.images({ by: 'state', state: 'failed' }, of)),
    ['images {state, _id>} by _id → state', 'images {state} by _id → state'],
  ],
  [
    'images by repository',
    (store) => everyPage((of) => store.images({ by: 'repository', repository: tag.repository }, of)),
    ['images {repositories, _id>} by _id → repositories', 'images {repositories} by _id → repositories'],
  ],
  [
    'images by composition',
    (store) =>
      everyPage((of) => store.images({ by: 'composition', composition: compositionId(1) }, { ...of, limit: 2 })),
    ['images {composition, _id>} by _id → composition', 'images {composition} by _id → composition'],
  ],
  [
    'images by layer',
    (store) => everyPage((of) => store.images({ by: 'layer', layer: digestOf(1) }, { ...of, limit: 1 })),
    ['images {submittedLayers, _id>} by _id → submittedLayers', 'images {submittedLayers} by _id → submittedLayers'],
  ],
  ['tags', (store) => store.tags([tag]), ['tags {_id of} → _id']],
  [
    'periods of a tag',
    (store) => everyPage((of) => store.tagPeriods(tag, { ...of, limit: 2 })),
    ['tagPeriods {_id>} by _id → _id', 'tagPeriods {_id} → _id', 'tags {_id} → _id'],
  ],
  [
    'revisions of a time',
    (store) => store.revisionsAt(timeOfUpdate(3)),
    ['feedRevisions {_id>} by _id → _id', 'feedRevisions {feed, at>} by at, _id → at', 'meta {_id} → _id'],
  ],
  [
    'revisions of a feed',
    (store) => everyPage((of) => store.revisions('feed-a', { ...of, limit: 5 })),
    ['feedRevisions {_id>} by _id → _id', 'meta {_id} → _id'],
  ],
  [
    'times of revisions',
    (store) => store.revisionTimes(feeds.map((feed) => [feed, updateId(2)])),
    ['feedRevisions {_id of} → _id', 'meta {_id} → _id'],
  ],
  [
    'what an update changed',
    (store) => store.changedFacts([['feed-a', updateId(2)]], 10_000),
    [
      'changes {_id>} by _id → _id',
      'groupChanges {_id>} by _id → _id',
      'repositoryChanges {_id>} by _id → _id',
      'scoreChanges {_id>} by _id → _id',
      'textChanges {_id>} by _id → _id',
    ],
  ],
  ['horizons', (store) => store.horizons(), ['feedRevisions {first>} → first', 'meta {_id} → _id']],
  ['how far back the history goes', (store) => store.historyFrom(), ['meta {_id} → _id']],
  [
    'changes of packages',
    (store) => drain(store.packageChanges(names, since)),
    [
      'changes {name of, _id>} by name, _id → name',
      'groupChanges {name of, _id>} by name, _id → name',
      'meta {_id} → _id',
    ],
  ],
  [
    'changes of groups',
    (store) => drain(store.groupChanges('debian:12', since)),
    ['groupChanges {namespace, _id>} by _id → namespace', 'meta {_id} → _id'],
  ],
  [
    'first changes of records',
    (store) => drain(store.textChanges(ids, since, { firstOnly: true })),
    [
      'meta {_id} → _id',
      'scoreChanges {bucket of, _id>} by bucket, _id → bucket',
      'scoreChanges {bucket, _id>} by _id → bucket',
      'textChanges {vulnerability of, _id>} by vulnerability, _id → vulnerability',
    ],
  ],
  [
    'changes of records',
    (store) => drain(store.textChanges(ids, since)),
    [
      'meta {_id} → _id',
      'scoreChanges {bucket of, _id>} by bucket, _id → bucket',
      'textChanges {vulnerability of, _id>} by vulnerability, _id → vulnerability',
    ],
  ],
  [
    'changes of repositories',
    (store) => drain(store.repositoryChanges(['baseos'], since)),
    ['meta {_id} → _id', 'repositoryChanges {repository of, _id>} by repository, _id → repository'],
  ],
  [
    'changes of a vulnerability',
    (store) => drain(store.vulnerabilityChanges(vulnerabilityId(1), since)),
    [
      'changes {vulnerability, _id>} by _id → vulnerability',
      'meta {_id} → _id',
      'scoreChanges {bucket of, _id>} by bucket, _id → bucket',
      'textChanges {vulnerability of, _id>} by vulnerability, _id → vulnerability',
    ],
  ],
  ['pending changes', (store) => store.pendingChanges(10), ['changed {told} by _id → told']],
  [
    'changes of an update',
    (store) => drain(store.changes(changed)),
    ['changes {_id>} by _id → _id', 'meta {_id} → _id', 'textChanges {_id>} by _id → _id'],
  ],
  ['a notification', (store) => store.notification(notificationId(1)), ['notifications {_id} → _id']],
  [
    'notifications',
    (store) => everyPage((of) => store.notifications({}, of)),
    ['notifications {_id>} by _id → _id', 'notifications {} by _id → _id'],
  ],
  [
    'notifications by state',
    (store) => everyPage((of) => store.notifications({ state: 'delivered' }, of)),
    ['notifications {state, _id>} by _id → state', 'notifications {state} by _id → state'],
  ],
  [
    'images of a notification',
    (store) => store.affectedImages(notificationId(1), {}, page),
    ['affected {_id>} by _id → _id', 'notifications {_id} → _id'],
  ],
  [
    'images of a transition',
    (store) => store.affectedImages(notificationId(1), { transition: 'affected' }, page),
    ['affected {transitions, _id>} by _id → transitions', 'notifications {_id} → _id'],
  ],
  ['endpoints', (store) => store.endpoints(), ['endpoints {} by _id → _id']],
  [
    'deliveries of a notification',
    (store) => everyPage((of) => store.deliveries({ notification: notificationId(1) }, of)),
    ['deliveries {notification} by _id → notification'],
  ],
  [
    'deliveries of an endpoint',
    (store) => everyPage((of) => store.deliveries({ endpoint: 'endpoint' }, of)),
    ['deliveries {endpoint, order>} by order → order', 'deliveries {endpoint} by order → order'],
  ],
  [
    'deliveries by state',
    (store) => everyPage((of) => store.deliveries({ endpoint: 'endpoint', state: 'pending' }, of)),
    [
      'deliveries {endpoint, state, order>} by order → stateOrder',
      'deliveries {endpoint, state} by order → stateOrder',
    ],
  ],
  ['the next delivery', (store) => store.nextDelivery(), ['deliveries {state} by ready → next']],
  [
    'dead letters',
    (store) => everyPage((of) => store.deadLetters(of)),
    ['deadLetters {_id>} by _id → _id', 'deadLetters {} by _id → _id'],
  ],
  [
    'due checks of deadlines',
    (store) => store.deadlineChecks(timeOfUpdate(2), 10),
    ['compositions {checkAt>} by checkAt → checkAt'],
  ],
];

/** Collections with a document or two for each feed or receiver, which are read completely. */
const small: ReadonlySet<string> = new Set(['states', 'endpoints']);

describeWithMongoServer('hot queries', (server) => {
  let store: Store;
  let client: MongoClient;
  let commands: Document[] = [];

  beforeAll(async () => {
    const uri = server().freshUri();
    client = await new MongoClient(uri).connect();
    const onCommand = (name: string, command: Document) => {
      if (name === 'find') commands.push(command);
    };
    store = await openMongoStore({ uri, onCommand });
    await fillStore(store);
  }, 300_000);
  afterAll(async () => {
    await store.close();
    await client.db().dropDatabase();
    await client.close();
  });

  it.each(reads)('%s', async (_, read, expected) => {
    commands = [];
    await read(store);
    const shapes = commands.flatMap((command) => shapesOf('find', command));
    const served = shapes.map((shape) => `${describeShape(shape)} → ${servingIndex(shape) ?? 'NONE'}`);
    expect([...new Set(served)].sort()).toEqual([...expected].sort());
    const walks = shapes.filter(({ isWalk, collection }) => isWalk && !small.has(collection));
    expect(walks.map(describeShape)).toEqual([]);
  });

  if (mongoServerKind() !== 'given') {
    it.skip('by the planner: needs MONGODB_URI, as the server of the specs has none', () => undefined);
    return;
  }
  it.each(reads)('%s, by the planner', async (_, read) => {
    commands = [];
    await read(store);
    const faults: string[] = [];
    for (const { find, filter, sort, projection, limit } of [...commands]) {
      const query = {
        find: find as string,
        filter: filter as Document,
        sort: sort as unknown,
        projection: projection as unknown,
        limit: limit as unknown,
      };
      const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
      const explained = await client.db().command({ explain: given, verbosity: 'executionStats' });
      for (const fault of faultsOf(queryPlanOf(explained), seeksOf(query.filter))) {
        faults.push(`${JSON.stringify(given).slice(0, 200)}: ${fault}`);
      }
    }
    expect(faults).toEqual([]);
  });
});
