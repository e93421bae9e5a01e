import { setTimeout as sleep } from 'node:timers/promises';

import { ClarionError, type DocumentState, type FeedState } from '@clarion/model';

import { applyOperations } from './apply-operations';
import type { MongoContext } from './context';
import type { FeedDocument } from './documents';
import { type HeldFeed, takeFeed } from './feed-lease';
import { keyPart } from './keys';
import { explain } from './mongo-errors';
import type { Operation } from './operations';
import { deletePages, packValue, readValue, writePages } from './packed-values';
import { deleteStaged, type Staged, stagedBatches } from './staging';
import { twice } from './writes';

/** A feed's state as stored: documents as a list, because `__proto__` is a legal document name. */
type StateRecord = Omit<FeedState, 'documents'> & { readonly documents: readonly (readonly [string, DocumentState])[] };

/** How often, and how long apart, is asked whether a declaration arrived when its answer did not. */
const askTurns = 10;
const askPause = 500;

/**
 * Declares an update whose operations are all staged: from here on it is going to be applied, by this process or by the
 * next one that writes the feed or opens the store.
 */
export async function declareUpdate(context: MongoContext, held: HeldFeed, update: string): Promise<void> {
  await held.hold();
  const feeds = context.collection('feeds');
  const filter = { _id: keyPart(held.feed), 'lease.token': held.token, redo: null };
  const declare = () => feeds.updateOne(filter as object, { $set: { redo: update } });
  for (let turn = 0; ; turn += 1) {
    try {
      if ((await declare()).matchedCount > 0) return;
      // Perhaps an earlier turn did it.
      if (turn > 0 && (await isDeclared(context, held.feed, update))) return;
      throw new ClarionError('invalid-input', `another has taken over the update of feed ${held.feed}`);
    } catch (error) {
      const explained = explain(error);
      if (!(explained instanceof ClarionError) || !explained.retryable || turn >= askTurns) throw explained;
      await sleep(askPause);
    }
  }
}

async function isDeclared(context: MongoContext, feed: string, update: string): Promise<boolean> {
  const document = await context
    .collection('feeds')
    .findOne({ _id: keyPart(feed) }, { projection: { redo: 1, applied: 1 } });
  return document?.redo === update || document?.applied === update;
}

/** Applies a declared update: facts, then what is to be told, then the state; then its staging is over. */
export async function applyDeclared(context: MongoContext, held: HeldFeed, update: string): Promise<void> {
  let finished = false;
  for await (const batch of stagedBatches(context, held.feed, update)) {
    const operations = batch.filter((staged): staged is Operation => staged.kind !== 'state');
    await applyOperations(context, operations, held.hold);
    const last = batch.find((staged): staged is Staged & { kind: 'state' } => staged.kind === 'state');
    if (last === undefined) continue;
    await held.hold();
    await writeFeedState(context, last.state, { redo: update });
    finished = true;
  }
  if (!finished) await forgetState(context, held.feed, update);
  await deleteStaged(context, held.feed, update);
}

/** The redo log is damaged: without state, the next update reads everything anew and compares it with what is there. */
async function forgetState(context: MongoContext, feed: string, update: string): Promise<void> {
  const filter = { _id: keyPart(feed), redo: update };
  const unset = { redo: '', v: '', g: '', n: '' } as const;
  const before = await context
    .collection('feeds')
    .findOneAndUpdate(filter, { $unset: unset }, { projection: { g: 1, n: 1 }, returnDocument: 'before' });
  await deletePages(context, [before]);
}

/** Writes the state of a feed; with `redo`, only where that update is declared, which it ends. */
export async function writeFeedState(
  context: MongoContext,
  state: FeedState,
  guard: { readonly redo?: string } = {},
): Promise<void> {
  const id = keyPart(state.feed);
  const record: StateRecord = { ...state, documents: Object.entries(state.documents) };
  const packed = packValue(record);
  await writePages(context, { collection: 'feeds', id }, packed);
  const { redo } = guard;
  const unset = {
    ...(packed.members.g === undefined ? { g: '', n: '' } : {}),
    ...(redo === undefined ? {} : { redo: '' }),
  };
  const update = {
    $set: { ...packed.members, name: state.feed, ...(redo === undefined ? {} : { applied: redo }) },
    ...(Object.keys(unset).length === 0 ? {} : { $unset: unset }),
  };
  const options = { upsert: redo === undefined, projection: { g: 1, n: 1 }, returnDocument: 'before' } as const;
  const filter = { _id: id, ...(redo === undefined ? {} : { redo }) };
  const before = await twice(() =>
    context.collection('feeds').findOneAndUpdate(filter as object, update as object, options),
  );
  // Applied already by another: its pages are the ones that count.
  await deletePages(context, [redo !== undefined && before === null ? packed.members : before]);
}

/** The state in a feed's document; undefined while it has none. */
export async function readFeedState(context: MongoContext, document: FeedDocument): Promise<FeedState | undefined> {
  const { v } = document;
  if (v === undefined) return undefined;
  const record = (await readValue(context, 'feeds', { ...document, v })) as StateRecord | undefined;
  return record && { ...record, documents: Object.fromEntries(record.documents) };
}

/** Takes a feed, and finishes what a writer before has declared and forgets what it only staged. */
export async function takeSettledFeed(context: MongoContext, feed: string): Promise<HeldFeed> {
  const held = await takeFeed(context, feed);
  try {
    if (held.redo !== undefined) await applyDeclared(context, held, held.redo);
    await deleteStaged(context, feed);
    return held;
  } catch (error) {
    await held.release().catch(() => undefined);
    throw error;
  }
}

/** Finishes every update that a dead writer has declared. Those of living ones are left to them. */
export async function rollForward(context: MongoContext): Promise<void> {
  const feeds = context
    .collection('feeds')
    .find({}, { projection: { redo: 1, lease: 1, name: 1 } })
    .sort({ _id: 1 });
  for await (const { redo, lease, name } of feeds) {
    if (redo === undefined || name === undefined || (lease !== undefined && lease.until > context.now().getTime()))
      continue;
    try {
      const held = await takeSettledFeed(context, name);
      await held.release();
    } catch (error) {
      // Somebody else was faster.
      if (!(error instanceof ClarionError && error.code === 'invalid-input')) throw error;
    }
  }
}
