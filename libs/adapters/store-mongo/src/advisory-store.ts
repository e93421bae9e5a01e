import type { AdvisoryGroup, AdvisoryStore, RepositoryProducts } from '@clarion/model';
import { areReadable } from '@clarion/store-rules';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import { idsBelow, keyPart, recordKey } from './keys';
import { explained, explainedEach } from './mongo-errors';
import { ownerOfMention, toGroupKey } from './operations';
import { readValue } from './packed-values';
import { headsOf } from './revision-heads';
import { current, currentEach, keyOfRevision, readWhole, type FeedRevisions, streamWhole } from './revisions';
import { chunks } from './writes';

/** Advisories of feeds about packages, by namespace and package, and about repositories. */
export function advisoryStore(context: MongoContext): AdvisoryStore {
  const whole = <T>(read: (revisions: FeedRevisions) => Promise<T>): Promise<T> =>
    explained(() => readWhole(context, read));
  return {
    groupHashes: (feed, document) => explainedEach(() => groupHashes(context, feed, document)),
    advisories: (names) => whole((revisions) => advisories(context, names, revisions)),
    packageNames: (namespace) => explained(() => packageNames(context, namespace)),
    packagesOf: (vulnerability) => whole((revisions) => packagesOf(context, vulnerability, revisions)),
    groups: (feed, document) => explainedEach(() => groups(context, feed, document)),
    allRepositories: () => explainedEach(() => repositories(context)),
    repositories: (names) => whole((revisions) => repositoriesOf(context, names, revisions)),
  };
}

/** Groups of one document, without their ids; all revisions of one are consecutive. */
function groupsOf(context: MongoContext, feed: string, ...[document, projection]: readonly [string, Document]) {
  return context
    .collection('advisories')
    .find({ document: recordKey(feed, document) }, { projection })
    .sort({ _id: 1 });
}

const head = { rev: 1, gone: 1, document: 1 } as const;

function groupHashes(context: MongoContext, feed: string, document: string) {
  return streamWhole(context, keyPart(feed), async function* (revisions) {
    const found = groupsOf(context, feed, document, { hash: 1, key: 1, ...head });
    for await (const group of currentEach(found, revisions)) yield [toGroupKey(group), group.hash] as const;
  });
}

function groups(context: MongoContext, feed: string, document: string): AsyncGenerator<AdvisoryGroup> {
  return streamWhole(context, keyPart(feed), async function* (revisions) {
    const found = groupsOf(context, feed, document, { ids: 0 });
    for await (const one of currentEach(found, revisions)) {
      const group = await readValue(context, 'advisories', one);
      if (group !== undefined) yield group as AdvisoryGroup;
    }
  });
}

/** Names per query: an image has a few hundred, rarely thousands. */
const namesTogether = 1000;

async function advisories(
  context: MongoContext,
  names: readonly (readonly [string, string])[],
  revisions: FeedRevisions,
): Promise<AdvisoryGroup[]> {
  const keys = names.map(([namespace, name]) => recordKey(namespace, name));
  const byName = new Map<string, AdvisoryGroup[]>();
  for await (const some of chunks(new Set(keys), namesTogether)) {
    const found = context
      .collection('advisories')
      .find({ name: { $in: some } }, { projection: { ids: 0 } })
      .sort({ name: 1, _id: 1 });
    for await (const document of currentEach(found, revisions)) {
      const group = (await readValue(context, 'advisories', document)) as AdvisoryGroup | undefined;
      if (group === undefined) continue;
      const known = byName.get(document.name);
      if (known === undefined) byName.set(document.name, [group]);
      else known.push(group);
    }
  }
  return keys.flatMap((key) => byName.get(key) ?? []);
}

/** Reads the index of names only, except for names that it has a hash of. */
async function packageNames(context: MongoContext, namespace: string): Promise<readonly string[]> {
  const groups = context.collection('advisories');
  const readable = new Set<string>();
  const hashed: string[] = [];
  // Nothing but the members of the index, so that no document is read.
  const projection = { name: 1, _id: 0 };
  for await (const { name: key } of groups.find({ name: idsBelow(namespace) }, { projection }).sort({ name: 1 })) {
    const name = key.slice(key.indexOf('\t') + 1);
    if (areReadable([name])) readable.add(name);
    else hashed.push(key);
  }
  for await (const some of chunks(hashed, namesTogether)) {
    for await (const group of groups.find({ name: { $in: some } }, { projection: { key: 1 } })) {
      readable.add(toGroupKey(group).package);
    }
  }
  return [...readable].sort();
}

async function packagesOf(
  context: MongoContext,
  vulnerability: string,
  revisions: FeedRevisions,
): Promise<(readonly [string, string])[]> {
  const found = new Map<string, readonly [string, string]>();
  const filter = { ids: keyPart(vulnerability) };
  const projection = { key: 1, name: 1 };
  for await (const group of context.collection('advisories').find(filter, { projection })) {
    const { namespace, package: name } = toGroupKey(group);
    found.set(group._id, [namespace, name]);
  }
  for await (const { _id, key } of context.collection('mentions').find(filter, { projection: { key: 1 } })) {
    found.set(ownerOfMention(_id), key);
  }
  const packages = new Map<string, readonly [string, string]>();
  for await (const some of chunks(found, namesTogether)) {
    const documents = some.map(([id, key]) => ({ key: keyOfRevision(id), found: { name: recordKey(...key) } }));
    for (const { _id } of current(await headsOf(context, 'advisories', documents), revisions)) {
      const key = found.get(_id);
      if (key !== undefined) packages.set(recordKey(...key), key);
    }
  }
  const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return [...packages.values()].sort(([a, c], [b, d]) => order(a, b) || order(c, d));
}

function repositories(context: MongoContext): AsyncGenerator<RepositoryProducts> {
  return streamWhole(context, undefined, async function* (revisions) {
    const found = context.collection('repositories').find({}).sort({ _id: 1 });
    for await (const document of currentEach(found, revisions)) {
      const repository = await readValue(context, 'repositories', document);
      if (repository !== undefined) yield repository as RepositoryProducts;
    }
  });
}

async function repositoriesOf(
  context: MongoContext,
  names: readonly string[],
  revisions: FeedRevisions,
): Promise<RepositoryProducts[]> {
  const byName = new Map<string, RepositoryProducts[]>();
  for await (const keys of chunks(new Set(names.map(keyPart)), namesTogether)) {
    const found = context
      .collection('repositories')
      .find({ repository: { $in: keys } })
      .sort({ repository: 1, _id: 1 });
    for await (const document of currentEach(found, revisions)) {
      const one = (await readValue(context, 'repositories', document)) as RepositoryProducts | undefined;
      if (one !== undefined) byName.set(one.repository, [...(byName.get(one.repository) ?? []), one]);
    }
  }
  return names.flatMap((name) => byName.get(name) ?? []);
}
