import { ClarionError, type PruneResult, type StoreMaintenance } from '@clarion/model';
import { dayLength, pruneInOrder, unfinishedStates } from '@clarion/store-rules';

import { deleteAttempt, sweepAttempts } from './attempts';
import type { MongoContext } from './context';
import { forgetFeed, takeSettledFeed } from './feed-commit';
import { feedStateReader } from './feed-states';
import type { FeedWriteLease } from './open-update';
import { idsUnder, keyPart } from './keys';
import { deletePages } from './packed-values';
import { pruneResults } from './result-store';
import { rememberFeed } from './removed-feeds';
import { pruneSeenFiles } from './seen-file-store';
import { pruneTags } from './tag-store';
import { deleteValues } from './writes';

/** A further page is written just before the document that names it: after this time, that document will not come. */
const orphanAge = dayLength;

/** Removes unused records, and feeds that are not kept. */
export function prune(context: MongoContext, options: Parameters<StoreMaintenance['prune']>[0]): Promise<PruneResult> {
  return pruneInOrder(options, {
    images: (firstKeptDay, keepSubmitted) => pruneImages(context, firstKeptDay, keepSubmitted),
    compositions: (firstKeptDay) => pruneCompositions(context, firstKeptDay),
    layers: (firstKeptDay) => pruneLayers(context, firstKeptDay),
    seenFiles: (firstKeptDay) => pruneSeenFiles(context, firstKeptDay),
    results: (firstKeptDay) => pruneResults(context, firstKeptDay),
    tags: (before) => pruneTags(context, before),
    feeds: (keep) => pruneFeeds(context, keep),
    leftovers: async () => {
      await sweepAttempts(context, 'compositions');
      await sweepAttempts(context, 'notifications');
      await sweepPages(context);
    },
  });
}

/** Images that wait to be indexed stay, however old they are. */
async function pruneImages(context: MongoContext, firstKeptDay: number, keepSubmitted: boolean): Promise<number> {
  const images = context.collection('images');
  const old = images.find(
    { used: { $lt: firstKeptDay } },
    { projection: { revision: 1, state: 1, submitted: 1, g: 1, n: 1 } },
  );
  let pruned = 0;
  for await (const image of old) {
    const { _id, revision, state, submitted = false } = image;
    if (submitted && keepSubmitted) continue;
    if (state !== undefined && unfinishedStates.includes(state)) continue;
    // Unless it was used since.
    const { deletedCount } = await images.deleteOne({ _id, revision });
    if (deletedCount > 0) await deletePages(context, [image]);
    pruned += deletedCount;
  }
  return pruned;
}

/** A layer of an image that stays, stays: the image is reported from it. */
async function pruneLayers(context: MongoContext, firstKeptDay: number): Promise<number> {
  const layers = context.collection('layers');
  const old = layers.find({ used: { $lt: firstKeptDay } }, { projection: { blobs: 1, used: 1, g: 1, n: 1 } });
  let pruned = 0;
  for await (const layer of old) {
    const { _id, blobs, used } = layer;
    const digests = [_id, ...blobs.map(keyPart)];
    if ((await context.collection('images').findOne({ layers: { $in: digests } }, { projection: { _id: 1 } })) !== null)
      continue;
    const { deletedCount } = await layers.deleteOne({ _id, used });
    if (deletedCount === 0) continue;
    await deletePages(context, [layer]);
    await context.collection('blobs').deleteMany({ layer: _id });
    await deleteValues(context, 'detections', { _id: idsUnder(_id) });
    pruned += 1;
  }
  return pruned;
}

/** A recently put composition stays: its image may be about to be finished. */
async function pruneCompositions(context: MongoContext, firstKeptDay: number): Promise<void> {
  const compositions = context.collection('compositions');
  const old = compositions.find(
    { stored: { $lt: firstKeptDay } },
    { projection: { stored: 1, attempt: 1, g: 1, n: 1 } },
  );
  for await (const composition of old) {
    const { _id, stored, attempt } = composition;
    if (await isUsed(context, _id)) continue;
    const { deletedCount } = await compositions.deleteOne({ _id, stored });
    if (deletedCount === 0) continue;
    await deletePages(context, [composition]);
    await deleteAttempt(context, 'compositions', { id: _id, attempt });
  }
}

/** Whether it is the composition of an image, or was before the image was indexed again. */
async function isUsed(context: MongoContext, composition: string): Promise<boolean> {
  for (const filter of [{ composition }, { layers: { $in: [composition] } }]) {
    const image = await context.collection('images').findOne(filter, { projection: { _id: 1 } });
    if (image !== null) return true;
  }
  return false;
}

async function pruneFeeds(context: MongoContext, keep: ReadonlySet<string>): Promise<number> {
  let pruned = 0;
  const written = await context
    .collection('feeds')
    .find({}, { projection: { name: 1 } })
    .sort({ _id: 1 })
    .toArray();
  const states = await feedStateReader(context)();
  const names = new Set([...written.flatMap(({ name }) => name ?? []), ...states.map(({ feed }) => feed)]);
  for (const name of names) if (!keep.has(name) && (await pruneFeed(context, name))) pruned += 1;
  return pruned;
}

/** Removes all facts of a feed. False if it has none, or is being written: then it is still needed. */
async function pruneFeed(context: MongoContext, feed: string): Promise<boolean> {
  let lease: FeedWriteLease;
  try {
    lease = await takeSettledFeed(context, feed);
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'invalid-input') return false;
    throw error;
  }
  try {
    const before = await feedStateReader(context)();
    await rememberFeed(context, feed);
    await forgetFeed(context, lease);
    await context.collection('feeds').deleteOne({ _id: keyPart(feed) });
    return before.some((state) => state.feed === feed);
  } finally {
    await lease.release();
  }
}

/** Deletes pages of values whose writes were interrupted. */
async function sweepPages(context: MongoContext): Promise<void> {
  const pages = context.collection('pages');
  const oldest = context.now().getTime() - orphanAge;
  for await (const page of pages.find({}, { projection: { v: 0 } }).sort({ _id: 1 })) {
    if (page.at > oldest) continue;
    const owner = await context.db
      .collection<{ _id: string; g?: string }>(page.collection)
      .findOne({ _id: page.owner });
    const generation = page._id.slice(0, page._id.indexOf('\t'));
    if (owner?.g !== generation) await pages.deleteOne({ _id: page._id });
  }
}
