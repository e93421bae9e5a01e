import { setTimeout as sleep } from 'node:timers/promises';

import { ClarionError } from '@clarion/model';

import type { MongoContext } from './context';
import type { RevisionRow } from './documents';
import { sequencePart } from './keys';
import { explain } from './mongo-errors';

// An update is written under a separate revision before it is visible; one document contains the valid revision of each
// feed. So an update of one or several feeds becomes visible as a whole by one write.

/** The valid revisions of all feeds. */
export interface FeedRevisions {
  /** Raised by every change of them. */
  readonly version: number;
  /** By key of the feed; a missing one has revision 0. */
  readonly feeds: ReadonlyMap<string, RevisionRow>;
}

const id = 'revisions';
/** No key part starts like this and is that short: an unreadable part is a longer hash. */
const ending = /\t#\d{9,15}$/;

/** The `_id` of one revision of a document. */
export function revisionId(key: string, revision: number): string {
  return revision === 0 ? key : `${key}\t#${sequencePart(revision)}`;
}

/** The key that an `_id` is a revision of. */
export function keyOfRevision(documentId: string): string {
  return documentId.replace(ending, '');
}

/** A document's own key and revision. */
export interface DocumentRevision {
  readonly _id: string;
  readonly rev?: number;
  /** Of a removal: when it can be deleted. */
  readonly gone?: string;
  /** The feed, or feed and document, as keys. */
  readonly feed?: string;
  readonly document?: string;
}

/** The key of the feed that a document is of. */
function feedOf({ feed, document = '' }: DocumentRevision): string {
  return feed ?? document.slice(0, document.indexOf('\t'));
}

export async function readRevisions(context: MongoContext): Promise<FeedRevisions> {
  const found = await context.collection('meta').findOne({ _id: id });
  return { version: found?.version ?? 0, feeds: new Map((found?.feeds ?? []).map((row) => [row.feed, row])) };
}

/** The row of a feed; revision 0 if nothing was ever written with revisions. */
export function revisionOf({ feeds }: FeedRevisions, feed: string): RevisionRow {
  return feeds.get(feed) ?? { feed, rev: 0, base: 0, burned: [] };
}

/** The revision that the next update of a feed writes: none is used twice. */
export function nextRevision({ rev, burned }: RevisionRow): number {
  return Math.max(rev, ...burned) + 1;
}

/** Whether a document is valid, or was before a later one; false for one that is not visible yet or never will be. */
export function counts(revisions: FeedRevisions, document: DocumentRevision): boolean {
  const { base } = revisionOf(revisions, feedOf(document));
  return (document.rev ?? 0) >= base && hasCounted(revisions, document);
}

/** Whether a document was valid at some time: its feed may have been removed since. */
export function hasCounted(revisions: FeedRevisions, document: DocumentRevision): boolean {
  const { rev: committed, burned } = revisionOf(revisions, feedOf(document));
  const { rev = 0 } = document;
  return rev <= committed && !burned.includes(rev);
}

/** The valid revision of each document, without removed ones; in the order of the first of each. */
export function current<T extends DocumentRevision>(documents: readonly T[], revisions: FeedRevisions): readonly T[] {
  const newest = new Map<string, T>();
  for (const document of documents) {
    if (!counts(revisions, document)) continue;
    const key = keyOfRevision(document._id);
    const known = newest.get(key);
    if (known === undefined || (known.rev ?? 0) < (document.rev ?? 0)) newest.set(key, document);
  }
  return [...newest.values()].filter(({ gone }) => gone === undefined);
}

/** The same for documents in the order of their `_id`, in which all revisions of one are consecutive. */
export async function* currentEach<T extends DocumentRevision>(documents: AsyncIterable<T>, revisions: FeedRevisions) {
  let key: string | undefined;
  let same: T[] = [];
  for await (const document of documents) {
    const next = keyOfRevision(document._id);
    if (next !== key) {
      yield* current(same, revisions);
      same = [];
      key = next;
    }
    same.push(document);
  }
  yield* current(same, revisions);
}

/** How often a read is retried because an update became visible in the meantime. */
const readTurns = 20;

/**
 * Runs a read with one set of revisions; if they change in the meantime, the data may be gone, and the read runs again.
 */
export async function readWhole<T>(context: MongoContext, read: (revisions: FeedRevisions) => Promise<T>): Promise<T> {
  let revisions = await readRevisions(context);
  for (let turn = 0; turn < readTurns; turn += 1) {
    const result = await read(revisions);
    const after = await readRevisions(context);
    if (after.version === revisions.version) return result;
    revisions = after;
  }
  throw new ClarionError('upstream-unavailable', 'feeds are updated all the time');
}

/**
 * The same for a stream, which cannot be restarted: it ends with a retryable error when its feed (or, without one, any
 * feed) was updated in the meantime.
 */
export async function* streamWhole<T>(
  context: MongoContext,
  feed: string | undefined,
  read: (revisions: FeedRevisions) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const before = await readRevisions(context);
  yield* read(before);
  const after = await readRevisions(context);
  const isSame =
    feed === undefined
      ? after.version === before.version
      : revisionOf(after, feed).rev === revisionOf(before, feed).rev;
  if (!isSame) throw new ClarionError('upstream-unavailable', 'a feed was updated while it was read');
}

const changeTurns = 200;
/** How often, and at which interval, to check whether a change arrived when its response did not. */
const askTurns = 10;
const askPause = 500;

/**
 * Changes rows of feeds atomically. `change` returns the new rows; an empty list ends it. It is called again when
 * others changed some in the meantime, or when it is unknown whether the change arrived.
 */
export async function changeRevisions(
  context: MongoContext,
  change: (revisions: FeedRevisions) => readonly RevisionRow[],
): Promise<void> {
  let asked = 0;
  for (let turn = 0; turn < changeTurns; turn += 1) {
    try {
      const before = await readRevisions(context);
      const rows = change(before);
      if (rows.length === 0) return;
      const feeds = new Map([...before.feeds, ...rows.map((row) => [row.feed, row] as const)]);
      const set = { $set: { version: before.version + 1, feeds: [...feeds.values()] } };
      const filter = { _id: id, version: before.version };
      if ((await context.collection('meta').updateOne(filter, set)).matchedCount > 0) return;
      await sleep(Math.random() * 20);
    } catch (error) {
      const explained = explain(error);
      if (!(explained instanceof ClarionError) || !explained.retryable || (asked += 1) > askTurns) throw explained;
      await sleep(askPause);
    }
  }
  throw new ClarionError('upstream-unavailable', 'too many others change the revisions of feeds at the same time');
}
