import {
  type DetectorKey,
  formatTag,
  type Page,
  type PageRequest,
  type Store,
  type StoredImage,
  tagOf,
} from '@clarion/model';

import { collect, everyPage } from './store-contract-service-facts';

/** Everything that a store has, as its ports return it, in an order that depends on the content alone. */
export type StoreContent = Readonly<Record<string, readonly unknown[]>>;

const allPages = <T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> => everyPage(read, 100);

/**
 * Reads everything that the ports of a store can list: for specs that compare a store with itself after an upgrade or a
 * restore. The result is JSON (members that are undefined are missing).
 */
export async function storeContent(store: Store): Promise<StoreContent> {
  const images = await allPages((page) => store.images({ by: 'all' }, page));
  const content: StoreContent = {
    ...(await feedContent(store)),
    ...(await imageContent(store, images)),
    ...(await notificationContent(store)),
    tags: await tagContent(store, images),
    deadLetters: await allPages((page) => store.deadLetters(page)),
  };
  return JSON.parse(JSON.stringify(content)) as StoreContent;
}

async function feedContent(store: Store): Promise<StoreContent> {
  const feeds = await store.feedStates();
  const [groups, hashes]: [unknown[], unknown[]] = [[], []];
  for (const { feed, documents } of feeds) {
    for (const document of Object.keys(documents)) {
      groups.push(...(await collect(store.groups(feed, document))));
      hashes.push(...(await collect(store.groupHashes(feed, document))));
    }
  }
  const texts = await collect(store.texts());
  const ids = [...new Set(texts.map(({ id }) => id))];
  const changed = await store.pendingChanges(1000);
  return {
    ...{ feeds, groups, hashes, texts },
    repositories: await collect(store.allRepositories()),
    vulnerabilities: await store.vulnerabilities(ids),
    pendingChanges: await Promise.all(changed.map(async (one) => [one, await collect(store.changes(one))])),
  };
}

async function imageContent(store: Store, images: readonly StoredImage[]): Promise<StoreContent> {
  const ids = [...new Set(images.flatMap(({ composition }) => composition ?? []))];
  const compositions = ids.map(async (id) => [await store.composition(id), await store.compositionFeatures(id)]);
  const names = ids.map((id) => allPages((page) => store.imageNames(id, page)));
  const layers = images.flatMap(({ submission, layers: of }) => {
    const detectors = detectorsIn(submission?.detectors);
    return of.map(async (diffId) => [diffId, await store.layer(diffId, detectors)]);
  });
  return {
    images,
    compositions: await Promise.all(compositions),
    imageNames: await Promise.all(names),
    counts: [...(await store.counts(ids))],
    layers: await Promise.all(layers),
  };
}

/** The detectors of a submission: `ID@VERSION` of each, separated by spaces. */
function detectorsIn(key = ''): readonly DetectorKey[] {
  return key.split(' ').flatMap((one) => {
    const [, id, version] = /^(.+)@(\d+)$/.exec(one) ?? [];
    return id === undefined ? [] : [{ id, version: Number(version) }];
  });
}

async function notificationContent(store: Store): Promise<StoreContent> {
  const [endpoints, notifications] = [await store.endpoints(), await allPages((page) => store.notifications({}, page))];
  const affected = notifications.map(({ id }) => allPages((page) => store.affectedImages(id, {}, page)));
  const deliveries = endpoints.map(({ id }) => allPages((page) => store.deliveries({ endpoint: id }, page)));
  const changes = notifications.map(({ update, vulnerability }) => collect(store.changes({ update, vulnerability })));
  return {
    ...{ endpoints, notifications },
    affected: await Promise.all(affected),
    deliveries: await Promise.all(deliveries),
    changes: await Promise.all(changes),
  };
}

/** What the tags of the images named, and name now. */
async function tagContent(store: Store, images: readonly StoredImage[]): Promise<readonly unknown[]> {
  const references = [...new Set(images.flatMap(({ references: of = [] }) => of))].sort();
  const tags = references.flatMap((reference) => tagOf(reference) ?? []);
  const states = await store.tags(tags);
  return Promise.all(
    tags.map(async (tag) => [states.get(formatTag(tag)), await allPages((page) => store.tagPeriods(tag, page))]),
  );
}
