import { ClarionError, type FeedState } from '@clarion/model';

import { applyOperations } from './apply-operations';
import { deleteLog, queueChanges, writeLog } from './change-log';
import type { MongoContext } from './context';
import type { RevisionRow } from './documents';
import { deleteFeedRevision, deleteHistory, writeFeedRevision } from './feed-revisions';
import { writeStateOf } from './feed-states';
import { takeFeed } from './feed-lease';
import { keyPart } from './keys';
import type { LogSummary } from './log-steps';
import { documentWrites, type DocumentWrite, foundBy, type UpdateOperation, scoreWrites } from './operations';
import type { CompleteUpdate, FeedWriteLease, StagedUpdate } from './open-update';
import { deleteRemovals, deleteStates, deleteSuperseded, sweepFeed } from './revision-heads';
import { changeRevisions, nextRevision, readRevisions, revisionOf } from './revisions';
import { deleteStaged, isFact, isLogStep, stagedBatches } from './staging';

/** One that writes its revision. */
interface Prepared extends StagedUpdate {
  readonly rev: number;
  readonly log: LogSummary;
}

/**
 * Commits updates of one or several feeds: writes each under a revision that is not visible yet, makes all of them
 * visible with a single write, then does the follow-up work. If interrupted before that write, nothing has changed;
 * after it, the next process that leases the feed or opens the store does the rest.
 */
export async function commitStaged(context: MongoContext, updates: readonly CompleteUpdate[]): Promise<void> {
  const prepared: Prepared[] = [];
  for (const update of updates) prepared.push(await prepare(context, update));
  for (const update of prepared) await writeRevision(context, update);
  for (const { lease } of prepared) await lease.extend();
  await flip(context, prepared);
  for (const update of prepared) await finish(context, update);
}

/** Declares the revision that the update is going to write, before its first write. */
async function prepare(context: MongoContext, { lease, update, log }: CompleteUpdate): Promise<Prepared> {
  await lease.extend();
  const rev = nextRevision(revisionOf(await readRevisions(context), keyPart(lease.feed)));
  const feeds = context.collection('feeds');
  const filter = { _id: keyPart(lease.feed), 'lease.token': lease.token, redo: null };
  const { matchedCount } = await feeds.updateOne(filter as object, { $set: { redo: update, rev } });
  if (matchedCount === 0) throw takenOver(lease.feed);
  return { lease, update, rev, log };
}

function takenOver(feed: string): ClarionError {
  return new ClarionError('invalid-input', `another has taken over the update of feed ${feed}`);
}

/** Facts, state and log of an update, under its revision. */
async function writeRevision(context: MongoContext, { lease, update, rev }: Prepared): Promise<void> {
  const { feed, extend: guard } = lease;
  const applying = { feed, rev, revisions: await readRevisions(context), guard };
  let state: FeedState | undefined;
  for await (const batch of stagedBatches(context, feed, update)) {
    await applyOperations(context, batch.filter(isFact), applying);
    await writeLog(context, batch.filter(isLogStep), applying);
    const last = batch.find((staged) => staged.kind === 'state');
    state ??= last?.state;
    if (last?.revision !== undefined)
      await writeFeedRevision(context, { corrected: [], ...last, revision: last.revision }, rev);
  }
  if (state === undefined) throw new ClarionError('corrupt-data', `what was staged of feed ${feed} is not whole`);
  await guard();
  await writeStateOf(context, state, rev);
}

/**
 * Makes the revisions of all updates valid, at once; fails if one of them was abandoned by a process that took over its
 * feed.
 */
async function flip(context: MongoContext, updates: readonly Prepared[]): Promise<void> {
  await changeRevisions(context, (revisions) => {
    const rows = updates.map((update) => ({ ...update, row: revisionOf(revisions, keyPart(update.lease.feed)) }));
    // An earlier attempt whose response was lost did it.
    if (rows.every(({ rev, row }) => row.rev === rev)) return [];
    const lost = rows.find(({ rev, row }) => row.rev >= rev || row.burned.includes(rev));
    if (lost !== undefined) throw takenOver(lost.lease.feed);
    return rows.map(({ rev, row, log }): RevisionRow => ({ ...row, rev, ...inRow(row, log) }));
  });
}

function inRow({ update: before = '' }: RevisionRow, { update = '', scores }: LogSummary): Partial<RevisionRow> {
  const latest = update > before ? update : before;
  return { ...(latest === '' ? {} : { update: latest }), ...(scores === true ? { scores } : {}) };
}

/**
 * The work after a revision becomes valid: changes become pending, superseded documents are deleted. May be repeated
 * from the start.
 */
async function finish(
  context: MongoContext,
  { lease, update, rev }: Pick<Prepared, 'lease' | 'update' | 'rev'>,
): Promise<void> {
  const { feed, extend: guard } = lease;
  // If they cannot be read, the revision is valid nevertheless. It hides the superseded documents, which are deleted when
  // the next update changes them.
  await untilDamaged(async () => {
    for await (const batch of stagedBatches(context, feed, update)) {
      await queueChanges(context, batch.filter(isLogStep), { feed, rev, guard });
    }
    await guard();
    for await (const batch of stagedBatches(context, feed, update)) {
      await guard();
      await deleteBefore(context, batch.filter(isFact), rev);
    }
  });
  await guard();
  const row = revisionOf(await readRevisions(context), keyPart(feed));
  if (row.base === rev) {
    await sweepFeed(context, feed, (document) => (document.rev ?? 0) < rev);
    await deleteHistory(context, feed, rev);
  }
  await deleteRemovals(context, feed, rev);
  await deleteStates(context, feed, (document) => (document.rev ?? 0) < rev);
  await endRedo(context, feed, update);
}

async function endRedo(context: MongoContext, feed: string, update: string): Promise<void> {
  const filter = { _id: keyPart(feed), redo: update };
  await context.collection('feeds').updateOne(filter, { $unset: { redo: '', rev: '' } });
  await deleteStaged(context, feed, update);
}

async function deleteBefore(context: MongoContext, operations: readonly UpdateOperation[], rev: number): Promise<void> {
  const writes: Pick<DocumentWrite, 'collection' | 'key' | 'found'>[] = operations.flatMap((operation) => [
    ...documentWrites(operation),
    ...scoreWrites(operation).map(({ page, bucket, feed }) => {
      return { collection: 'scores' as const, key: page, found: { bucket, feed } };
    }),
  ]);
  for (const collection of Object.keys(foundBy) as (keyof typeof foundBy)[]) {
    const documents = new Map(writes.flatMap((write) => (write.collection === collection ? [[write.key, write]] : [])));
    await deleteSuperseded(context, collection, { documents: [...documents.values()], rev });
  }
}

/** Takes a feed; completes a committed update of an earlier writer, or abandons it, and removes staged data. */
export async function takeSettledFeed(context: MongoContext, feed: string): Promise<FeedWriteLease> {
  const lease = await takeFeed(context, feed);
  try {
    if (lease.redo !== undefined) await settle(context, lease, lease.redo);
    await deleteStaged(context, feed);
    return lease;
  } catch (error) {
    await lease.release().catch(() => undefined);
    throw error;
  }
}

/** Ends an interrupted or failed update: if it is valid already it is completed, otherwise it never becomes valid. */
export async function settle(
  context: MongoContext,
  lease: FeedWriteLease,
  { update, rev }: { readonly update: string; readonly rev?: number },
): Promise<void> {
  if (rev === undefined) {
    await commitDeclared(context, lease, update);
    return;
  }
  await lease.extend();
  const found = { counts: false };
  await changeRevisions(context, (revisions) => {
    const row = revisionOf(revisions, keyPart(lease.feed));
    found.counts = row.rev >= rev;
    return found.counts || row.burned.includes(rev) ? [] : [{ ...row, burned: [...row.burned, rev] }];
  });
  if (found.counts) {
    await completeLog(context, { lease, update, rev });
    await finish(context, { lease, update, rev });
  } else {
    await sweepFeed(context, lease.feed, (document) => document.rev === rev);
    await dropLog(context, { lease, update, rev });
    await endRedo(context, lease.feed, update);
  }
}

/** A Clarion before the history wrote the log of an update after that was valid, and may have been cut off before. */
async function completeLog(context: MongoContext, { lease, update, rev }: Omit<Prepared, 'log'>): Promise<void> {
  const { feed, extend: guard } = lease;
  await untilDamaged(async () => {
    for await (const batch of stagedBatches(context, feed, update)) {
      await writeLog(context, batch.filter(isLogStep), { feed, rev, guard });
    }
  });
}

/** Deletes what an abandoned update wrote to the log. Nobody sees it; what a slow process still writes there goes when it is old. */
async function dropLog(context: MongoContext, { lease, update, rev }: Omit<Prepared, 'log'>): Promise<void> {
  await untilDamaged(async () => {
    for await (const batch of stagedBatches(context, lease.feed, update)) {
      await lease.extend();
      await deleteLog(context, batch.filter(isLogStep), rev);
      const { revision } = batch.find((staged) => staged.kind === 'state') ?? {};
      if (revision !== undefined) await deleteFeedRevision(context, revision, rev);
    }
  });
}

/** Does what a log of staged steps says, as far as it can be read. */
async function untilDamaged(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ClarionError && error.code === 'corrupt-data')) throw error;
  }
}

/**
 * A Clarion before format 2 has declared it, and perhaps applied half of it in place: it must be applied completely.
 */
async function commitDeclared(context: MongoContext, lease: FeedWriteLease, update: string): Promise<void> {
  const filter = { _id: keyPart(lease.feed), 'lease.token': lease.token };
  await context.collection('feeds').updateOne(filter, { $unset: { redo: '' } });
  try {
    await commitStaged(context, [{ lease, update, log: { changes: 0 } }]);
  } catch (error) {
    if (!(error instanceof ClarionError && error.code === 'corrupt-data')) throw error;
    // The log is damaged: without state, the next update reads everything again and compares it with the stored data.
    await deleteStates(context, lease.feed, () => true);
    const left = await context.collection('feeds').findOne({ _id: keyPart(lease.feed) }, { projection: { rev: 1 } });
    if (left?.rev !== undefined) await settle(context, lease, { update, rev: left.rev });
  }
}

/** Removes all facts of a feed: invisible at once, then deleted. */
export async function forgetFeed(context: MongoContext, lease: FeedWriteLease): Promise<void> {
  const prepared = await prepare(context, { lease, update: 'forget', log: { changes: 0 } });
  await changeRevisions(context, (revisions) => {
    const row = revisionOf(revisions, keyPart(lease.feed));
    return row.rev >= prepared.rev ? [] : [{ feed: row.feed, rev: prepared.rev, base: prepared.rev, burned: [] }];
  });
  await finish(context, prepared);
}

/** Completes every update that a dead writer has begun. Updates of live writers are left alone. */
export async function rollForward(context: MongoContext): Promise<void> {
  const feeds = context
    .collection('feeds')
    .find({}, { projection: { redo: 1, lease: 1, name: 1 } })
    .sort({ _id: 1 });
  for await (const { redo, lease, name } of feeds) {
    if (redo === undefined || name === undefined || (lease !== undefined && lease.until > context.now().getTime()))
      continue;
    try {
      const lease = await takeSettledFeed(context, name);
      await lease.release();
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof ClarionError && error.code === 'invalid-input')) throw error;
    }
  }
}
