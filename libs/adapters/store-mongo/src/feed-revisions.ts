import type {
  CommittedRevision,
  FeedRevision,
  FeedState,
  HistoryStore,
  Page,
  PageRequest,
  RevisionAt,
  RevisionTime,
} from '@clarion/model';
import {
  type AddedRevision,
  checkLimit,
  type CommitTime,
  millisOf,
  mostCorrected,
  revisionAfter,
} from '@clarion/store-rules';

import { deleteLogOf } from './change-log';
import type { MongoContext } from './context';
import type { FeedRevisionDocument } from './log-documents';
import { feedState, writeStateOf } from './feed-states';
import { idsUnder, keyPart, recordKey } from './keys';
import { explained } from './mongo-errors';
import { firstPage } from './pages';
import { readValue } from './packed-values';
import { counts, type FeedRevisions, readRevisions, revisionOf } from './revisions';
import { bulkWrite, chunks, deleteValue, putValue } from './writes';

/** The revision that a commit adds to what is stored. Throws `invalid-input` unless it is later. */
export async function nextRevisionOf(
  context: MongoContext,
  commit: { readonly committed: CommittedRevision; readonly state: FeedState; readonly changes: number },
): Promise<AddedRevision> {
  const { feed } = commit.state;
  const latest = await latestRevisions(context, keyPart(feed), millisOf(commit.committed.at));
  const state = await feedState(context, feed);
  return revisionAfter({ latest, state }, commit);
}

/** The valid revisions of a feed (a key), newest first, until one that is not later than a time. */
async function latestRevisions(context: MongoContext, feed: string, millis: number): Promise<readonly CommitTime[]> {
  const revisions = await readRevisions(context);
  const latest: CommitTime[] = [];
  const found = context
    .collection('feedRevisions')
    .find({ _id: idsUnder(feed) }, { projection: withoutValue })
    .sort({ _id: -1 })
    .batchSize(4);
  for await (const document of found) {
    if (!counts(revisions, document)) continue;
    const { update, time: at, clock } = document;
    latest.push({ update, at, ...(clock === undefined ? {} : { clock }) });
    if (document.at <= millis || latest.length >= mostCorrected) break;
  }
  return latest;
}

/** Writes the revision of an update, before that update is valid, and corrects earlier ones: that is true without it. */
export async function writeFeedRevision(context: MongoContext, added: AddedRevision, rev: number): Promise<void> {
  const { revision, clock, corrected } = added;
  const { feed, update, at, changes, first, previousSuccess } = revision;
  const key = keyPart(feed);
  await putValue(context, 'feedRevisions', {
    id: recordKey(feed, update),
    value: revision,
    members: {
      ...{ feed: key, name: feed, rev, update, at: millisOf(at), time: at, changes },
      ...(clock === undefined ? {} : { clock }),
      ...(first === true ? { first: key } : {}),
      ...(previousSuccess === undefined ? {} : { previousSuccess }),
    },
  });
  const writes = corrected.map((time) => {
    const $set = { at: millisOf(time.at), time: time.at };
    const change =
      time.clock === undefined ? { $set, $unset: { clock: '' } } : { $set: { ...$set, clock: time.clock } };
    const operation = { updateOne: { filter: { _id: recordKey(feed, time.update) }, update: change } };
    return { operation, bytes: 300 + update.length };
  });
  await bulkWrite(context, 'feedRevisions', { writes });
}

/** Deletes a revision that an abandoned update wrote. */
export async function deleteFeedRevision(context: MongoContext, revision: FeedRevision, rev: number): Promise<void> {
  const _id = recordKey(revision.feed, revision.update);
  const found = await context.collection('feedRevisions').findOne({ _id }, { projection: { rev: 1 } });
  if (found?.rev === rev) await deleteValue(context, 'feedRevisions', _id);
}

/** Deletes the history of a feed before revision `below`. */
export async function deleteHistory(context: MongoContext, feed: string, below: number): Promise<void> {
  const key = keyPart(feed);
  const found = context.collection('feedRevisions').find({ _id: idsUnder(key) }, { projection: withoutValue });
  for await (const { _id, rev, update } of found) {
    if (rev >= below) continue;
    await deleteLogOf(context, { feed: key, update, below });
    await deleteValue(context, 'feedRevisions', _id);
  }
}

/** Replaces the valid state, unless it is about another revision than the newest one. */
export async function putFeedState(context: MongoContext, state: FeedState, basis?: string | null): Promise<boolean> {
  const feed = keyPart(state.feed);
  const revisions = await readRevisions(context);
  if (basis !== undefined) {
    const newest = await nearestRevision(context, revisions, { feed, descending: true });
    if ((newest?.update ?? null) !== basis) return false;
  }
  // An update that becomes visible right now writes its own state, which then takes precedence.
  await writeStateOf(context, state, revisionOf(revisions, feed).rev);
  return true;
}

const withoutValue = { v: 0 } as const;

interface Nearest {
  /** As a key. */
  readonly feed: string;
  readonly descending?: boolean;
  /** Only behind this `_id`, in the direction. */
  readonly from?: string;
  readonly isWanted?: (revision: Omit<FeedRevisionDocument, 'v'>) => boolean;
}

/** The next valid revision of a feed, without its value. */
export async function nearestRevision(
  context: MongoContext,
  revisions: FeedRevisions,
  { feed, descending = false, from, isWanted = () => true }: Nearest,
): Promise<FeedRevisionDocument | undefined> {
  const { $gt, $lt } = idsUnder(feed);
  const bounds = descending ? { $gt, $lt: from ?? $lt } : { $gt: from ?? $gt, $lt };
  const found = context
    .collection('feedRevisions')
    .find({ _id: bounds }, { projection: withoutValue })
    .sort({ _id: descending ? -1 : 1 })
    .batchSize(4);
  for await (const document of found) if (counts(revisions, document) && isWanted(document)) return document;
  return undefined;
}

type RevisionReads = Pick<HistoryStore, 'revisions' | 'revisionsAt' | 'revisionTimes' | 'horizons'>;

/** The revisions of feeds as the history has them. */
export function feedRevisions(context: MongoContext): RevisionReads {
  return {
    revisions: (feed, page) => explained(() => revisionsOf(context, feed, page)),
    revisionsAt: (time) => explained(() => revisionsAt(context, millisOf(time))),
    revisionTimes: (updates) => explained(() => revisionTimes(context, updates)),
    horizons: () => explained(() => horizons(context)),
  };
}

async function revisionsOf(context: MongoContext, feed: string, page: PageRequest): Promise<Page<FeedRevision>> {
  checkLimit(page);
  const revisions = await readRevisions(context);
  const { $gt, $lt } = idsUnder(keyPart(feed));
  const found = context
    .collection('feedRevisions')
    .find({ _id: { $gt, $lt: page.after === undefined ? $lt : recordKey(feed, page.after) } })
    .sort({ _id: -1 });
  return firstPage(found, {
    limit: page.limit,
    cursorOf: ({ update }) => update,
    read: (document) => (counts(revisions, document) ? valueOf(context, document) : undefined),
  });
}

/** With the time of the document, which may be corrected. */
async function valueOf(context: MongoContext, document: FeedRevisionDocument): Promise<FeedRevision | undefined> {
  const value = (await readValue(context, 'feedRevisions', document)) as FeedRevision | undefined;
  return value && { ...value, at: document.time };
}

async function revisionsAt(context: MongoContext, at: number): Promise<readonly RevisionAt[]> {
  const revisions = await readRevisions(context);
  const feeds = [...revisions.feeds.keys()].sort();
  const found = await Promise.all(feeds.map((feed) => revisionAt(context, revisions, { feed, at })));
  return found.filter((one) => one !== undefined);
}

async function revisionAt(
  context: MongoContext,
  revisions: FeedRevisions,
  { feed, at }: { readonly feed: string; readonly at: number },
): Promise<RevisionAt | undefined> {
  const found = context
    .collection('feedRevisions')
    .find({ feed, at: { $lte: at } })
    .sort({ at: -1, _id: -1 })
    .batchSize(2);
  for await (const document of found) {
    if (!counts(revisions, document)) continue;
    const revision = await valueOf(context, document);
    if (revision === undefined) continue;
    const next = await nearestRevision(context, revisions, { feed, from: document._id });
    return { ...revision, next: next === undefined ? null : nextOf(next) };
  }
  return undefined;
}

function timeOf({ name, update, time }: FeedRevisionDocument): RevisionTime {
  return { feed: name, update, at: time };
}

function nextOf(document: FeedRevisionDocument): RevisionAt['next'] {
  const { previousSuccess } = document;
  return { ...timeOf(document), ...(previousSuccess === undefined ? {} : { previousSuccess }) };
}

async function revisionTimes(
  context: MongoContext,
  updates: readonly (readonly [string, string])[],
): Promise<readonly RevisionTime[]> {
  const revisions = await readRevisions(context);
  const times: RevisionTime[] = [];
  for await (const ids of chunks(new Set(updates.map(([feed, update]) => recordKey(feed, update))), 1000)) {
    const found = context.collection('feedRevisions').find({ _id: { $in: ids } }, { projection: withoutValue });
    for await (const document of found) if (counts(revisions, document)) times.push(timeOf(document));
  }
  return times;
}

async function horizons(context: MongoContext): Promise<readonly RevisionTime[]> {
  const revisions = await readRevisions(context);
  const newest = new Map<string, FeedRevisionDocument>();
  const found = context.collection('feedRevisions').find({ first: { $gt: '' } }, { projection: withoutValue });
  for await (const document of found) {
    const known = newest.get(document.feed);
    if (counts(revisions, document) && (known === undefined || known._id < document._id))
      newest.set(document.feed, document);
  }
  const sorted = [...newest.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
  return sorted.map(timeOf);
}
