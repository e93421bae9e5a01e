import { ClarionError, type FactChange, type FeedState } from '@clarion/model';

import { applyOperations, type BatchGuard } from './apply-operations';
import type { MongoContext } from './context';
import type { FeedRevision } from './documents';
import { writeStateOf } from './feed-states';
import { takeFeed } from './feed-lease';
import { keyPart, recordKey } from './keys';
import {
  changeKey,
  documentWrites,
  type DocumentWrite,
  foundBy,
  type UpdateOperation,
  scoreWrites,
} from './operations';
import type { FeedWriteLease, StagedUpdate } from './open-update';
import { deletePages, packValue, pageDocuments } from './packed-values';
import { deleteRemovals, deleteStates, deleteSuperseded, sweepFeed } from './revision-heads';
import { changeRevisions, nextRevision, readRevisions, revisionOf } from './revisions';
import { deleteStaged, type StagedStep, stagedBatches } from './staging';
import { type BulkWrite, bulkWrite, replacement, untyped } from './writes';

/** One that writes its revision. */
interface Prepared extends StagedUpdate {
  readonly rev: number;
}

/**
 * Commits updates of one or several feeds: writes each under a revision that is not visible yet, makes all of them
 * visible with a single write, then does the follow-up work. If interrupted before that write, nothing has changed;
 * after it, the next process that leases the feed or opens the store does the rest.
 */
export async function commitStaged(context: MongoContext, updates: readonly StagedUpdate[]): Promise<void> {
  const prepared: Prepared[] = [];
  for (const update of updates) prepared.push(await prepare(context, update));
  for (const update of prepared) await writeRevision(context, update);
  for (const { lease } of prepared) await lease.extend();
  await flip(context, prepared);
  for (const update of prepared) await finish(context, update);
}

/** Declares the revision that the update is going to write, before its first write. */
async function prepare(context: MongoContext, { lease, update }: StagedUpdate): Promise<Prepared> {
  await lease.extend();
  const rev = nextRevision(revisionOf(await readRevisions(context), keyPart(lease.feed)));
  const feeds = context.collection('feeds');
  const filter = { _id: keyPart(lease.feed), 'lease.token': lease.token, redo: null };
  const { matchedCount } = await feeds.updateOne(filter as object, { $set: { redo: update, rev } });
  if (matchedCount === 0) throw takenOver(lease.feed);
  return { lease, update, rev };
}

function takenOver(feed: string): ClarionError {
  return new ClarionError('invalid-input', `another has taken over the update of feed ${feed}`);
}

/** Facts and state of an update, under its revision. */
async function writeRevision(context: MongoContext, { lease, update, rev }: Prepared): Promise<void> {
  const { feed, extend: guard } = lease;
  const applying = { feed, rev, revisions: await readRevisions(context), guard };
  let state: FeedState | undefined;
  for await (const batch of stagedBatches(context, feed, update)) {
    await applyOperations(context, batch.filter(isFact), applying);
    state ??= batch.find((staged) => staged.kind === 'state')?.state;
  }
  if (state === undefined) throw new ClarionError('corrupt-data', `what was staged of feed ${feed} is not whole`);
  await guard();
  await writeStateOf(context, state, rev);
}

function isFact(staged: StagedStep): staged is UpdateOperation {
  return staged.kind !== 'state' && staged.kind !== 'change';
}

/**
 * Makes the revisions of all updates valid, at once; fails if one of them was abandoned by a process that took over its
 * feed.
 */
async function flip(context: MongoContext, updates: readonly Prepared[]): Promise<void> {
  await changeRevisions(context, (revisions) => {
    const rows = updates.map(({ lease, rev }) => ({ lease, rev, row: revisionOf(revisions, keyPart(lease.feed)) }));
    // An earlier attempt whose response was lost did it.
    if (rows.every(({ rev, row }) => row.rev === rev)) return [];
    const lost = rows.find(({ rev, row }) => row.rev >= rev || row.burned.includes(rev));
    if (lost !== undefined) throw takenOver(lost.lease.feed);
    return rows.map(({ rev, row }): FeedRevision => ({ ...row, rev }));
  });
}

/**
 * The work after a revision becomes valid: changes become pending, superseded documents are deleted. May be repeated
 * from the start.
 */
async function finish(context: MongoContext, { lease, update, rev }: Prepared): Promise<void> {
  const { feed, extend: guard } = lease;
  try {
    for await (const batch of stagedBatches(context, feed, update)) {
      const changes = batch.flatMap((staged) => (staged.kind === 'change' ? [staged.change] : []));
      await queueChanges(context, changes, guard);
    }
    await guard();
    for await (const batch of stagedBatches(context, feed, update)) {
      await guard();
      await deleteBefore(context, batch.filter(isFact), rev);
    }
  } catch (error) {
    // A damaged log: the revision is valid. It hides the superseded documents, which are deleted when the next update
    // changes them.
    if (!(error instanceof ClarionError && error.code === 'corrupt-data')) throw error;
  }
  await guard();
  const row = revisionOf(await readRevisions(context), keyPart(feed));
  if (row.base === rev) await sweepFeed(context, feed, (document) => (document.rev ?? 0) < rev);
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

/** An outbox row is written after its changes; published before a crash stays published. */
async function queueChanges(context: MongoContext, changes: readonly FactChange[], guard: BatchGuard): Promise<void> {
  if (changes.length === 0) return;
  const packed = changes.map((change) => ({ id: changeKey(change), value: packValue(change) }));
  const ids = [...new Set(packed.map(({ id }) => id))];
  const options = { projection: { g: 1, n: 1 } };
  const before = await untyped(context, 'changes')
    .find({ _id: { $in: ids } }, options)
    .toArray();
  const pages = packed.flatMap(({ id, value }) =>
    pageDocuments({ collection: 'changes', id, at: context.now() }, value).map((page) => replacement(page, page.v)),
  );
  await bulkWrite(context, 'pages', { writes: pages, before: guard });
  const writes = packed.map(({ id, value }) => replacement({ _id: id, ...value.members }, [value.members.v]));
  await bulkWrite(context, 'changes', { writes, before: guard });
  await deletePages(context, before);
  const rows = new Map<string, BulkWrite>();
  for (const { update, vulnerability } of changes) {
    const id = recordKey(update, vulnerability);
    const insert = { $setOnInsert: { update, vulnerability, told: false } };
    const bytes = 300 + update.length + vulnerability.length;
    rows.set(id, { operation: { updateOne: { filter: { _id: id }, update: insert, upsert: true } }, bytes });
  }
  await bulkWrite(context, 'changed', { writes: [...rows.values()], before: guard });
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
  if (found.counts) await finish(context, { lease, update, rev });
  else {
    await sweepFeed(context, lease.feed, (document) => document.rev === rev);
    await endRedo(context, lease.feed, update);
  }
}

/**
 * A Clarion before format 2 has declared it, and perhaps applied half of it in place: it must be applied completely.
 */
async function commitDeclared(context: MongoContext, lease: FeedWriteLease, update: string): Promise<void> {
  const filter = { _id: keyPart(lease.feed), 'lease.token': lease.token };
  await context.collection('feeds').updateOne(filter, { $unset: { redo: '' } });
  try {
    await commitStaged(context, [{ lease, update }]);
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
  const prepared = await prepare(context, { lease, update: 'forget' });
  await changeRevisions(context, (revisions) => {
    const row = revisionOf(revisions, keyPart(lease.feed));
    return row.rev >= prepared.rev ? [] : [{ ...row, rev: prepared.rev, base: prepared.rev, burned: [] }];
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
