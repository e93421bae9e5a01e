import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  FeedState,
  RepositoryProducts,
  VulnerabilityText,
} from '@clarion/model';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import { readFeedState, writeFeedState } from './feed-commit';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { keyPart, recordKey } from './keys';
import { explained, explainedEach } from './mongo-errors';
import { toGroupKey } from './operations';
import { readValue } from './packed-values';
import { eachText, vulnerabilities } from './texts';
import { chunks } from './writes';

/** What feeds say, by namespace and package, and the state of the feeds. */
export function advisoryStore(context: MongoContext): AdvisoryStore {
  return {
    feedStates: () => explained(() => feedStates(context)),
    putFeedState: (state) => explained(() => writeFeedState(context, state)),
    groupHashes: (feed, document) => explainedEach(() => groupHashes(context, feed, document)),
    writeFeed: (feed) => explained(() => openFeedWriter(context, feed)),
    advisories: (names) => explained(() => advisories(context, names)),
    packagesOf: (vulnerability) => explained(() => packagesOf(context, vulnerability)),
    groups: (feed, document) => explainedEach(() => groups(context, { document: recordKey(feed, document) })),
    vulnerability: (id) => explained(async () => (await vulnerabilities(context, [id]))[0]),
    vulnerabilities: (ids) => explained(() => vulnerabilities(context, ids)),
    texts: (feed) => explainedEach(() => texts(context, feed)),
    commitFeeds: (updates) => commitFeeds(context, updates),
    allRepositories: () => explainedEach(() => repositories(context, {})),
    repositories: (names) => explained(() => repositoriesOf(context, names)),
  };
}

async function feedStates(context: MongoContext): Promise<FeedState[]> {
  const states: FeedState[] = [];
  for await (const document of context.collection('feeds').find({}).sort({ _id: 1 })) {
    const state = await readFeedState(context, document);
    if (state !== undefined) states.push(state);
  }
  return states;
}

async function* groupHashes(
  context: MongoContext,
  feed: string,
  document: string,
): AsyncGenerator<readonly [AdvisoryGroupKey, string]> {
  const found = context
    .collection('advisories')
    .find({ document: recordKey(feed, document) }, { projection: { hash: 1, key: 1 } })
    .sort({ _id: 1 });
  for await (const group of found) yield [toGroupKey(group), group.hash];
}

async function* groups(context: MongoContext, filter: Document): AsyncGenerator<AdvisoryGroup> {
  const found = context
    .collection('advisories')
    .find(filter, { projection: { ids: 0 } })
    .sort({ _id: 1 });
  for await (const document of found) {
    const group = await readValue(context, 'advisories', document);
    if (group !== undefined) yield group as AdvisoryGroup;
  }
}

/** Names that are asked for at once: an image has a few hundred, rarely thousands. */
const namesTogether = 1000;

async function advisories(
  context: MongoContext,
  names: readonly (readonly [string, string])[],
): Promise<AdvisoryGroup[]> {
  const keys = names.map(([namespace, name]) => recordKey(namespace, name));
  const byName = new Map<string, AdvisoryGroup[]>();
  for await (const some of chunks(new Set(keys), namesTogether)) {
    for await (const group of groups(context, { name: { $in: some } })) {
      const key = recordKey(group.namespace, group.package);
      const known = byName.get(key);
      if (known === undefined) byName.set(key, [group]);
      else known.push(group);
    }
  }
  return keys.flatMap((key) => byName.get(key) ?? []);
}

async function packagesOf(context: MongoContext, vulnerability: string): Promise<(readonly [string, string])[]> {
  const found = new Map<string, readonly [string, string]>();
  const filter = { ids: keyPart(vulnerability) };
  for await (const group of context.collection('advisories').find(filter, { projection: { key: 1 } })) {
    const { namespace, package: name } = toGroupKey(group);
    found.set(recordKey(namespace, name), [namespace, name]);
  }
  for await (const { key } of context.collection('mentions').find(filter, { projection: { key: 1 } })) {
    found.set(recordKey(...key), key);
  }
  const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return [...found.values()].sort(([a, c], [b, d]) => order(a, b) || order(c, d));
}

async function* texts(context: MongoContext, feed: string | undefined): AsyncGenerator<VulnerabilityText> {
  yield* eachText(context, feed === undefined ? {} : { feed: keyPart(feed) });
}

async function* repositories(context: MongoContext, filter: Document): AsyncGenerator<RepositoryProducts> {
  for await (const document of context.collection('repositories').find(filter).sort({ _id: 1 })) {
    const repository = await readValue(context, 'repositories', document);
    if (repository !== undefined) yield repository as RepositoryProducts;
  }
}

async function repositoriesOf(context: MongoContext, names: readonly string[]): Promise<RepositoryProducts[]> {
  const byName = new Map<string, RepositoryProducts[]>();
  for await (const keys of chunks(new Set(names.map(keyPart)), namesTogether)) {
    for await (const one of repositories(context, { repository: { $in: keys } })) {
      byName.set(one.repository, [...(byName.get(one.repository) ?? []), one]);
    }
  }
  return names.flatMap((name) => byName.get(name) ?? []);
}
