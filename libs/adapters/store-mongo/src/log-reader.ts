import type { ChangesSince, LoggedChange } from '@clarion/model';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import type { CollectionDocuments } from './documents';
import { keyPart } from './keys';
import type { LogCollection } from './log-documents';
import { readValue } from './packed-values';
import { counts, type FeedRevisions, readRevisions } from './revisions';
import { untyped } from './writes';

/** Which rows of the log to read: of commits that are valid now, behind an update of each feed. */
export interface LogSelection {
  readonly revisions: FeedRevisions;
  readonly since: ChangesSince;
  /** All rows with a larger `_id`; undefined for all. */
  readonly after: string | undefined;
  /** Only rows below this `_id`. */
  readonly below?: string | undefined;
  /** Feeds with changes of scores, as keys. */
  readonly scores: ReadonlySet<string>;
}

/**
 * The selection behind these updates; undefined where no feed has changed. All rows of a commit are written before it is
 * valid, so each commit is selected completely or not at all.
 */
export async function selectLog(context: MongoContext, since: ChangesSince): Promise<LogSelection | undefined> {
  const revisions = await readRevisions(context);
  const keys = new Map([...since].map(([feed, update]) => [keyPart(feed), update]));
  const changed = [...revisions.feeds.values()].filter(({ feed, update }) => {
    return update !== undefined && update > (keys.get(feed) ?? '');
  });
  if (changed.length === 0) return undefined;
  const updates = changed.map(({ feed }) => keys.get(feed) ?? '').sort();
  const [first = ''] = updates;
  return {
    revisions,
    since,
    after: first === '' ? undefined : behindUpdate(keyPart(first)),
    scores: new Set(changed.flatMap(({ feed, scores }) => (scores === true ? [feed] : []))),
  };
}

/** Larger than all `_id` of rows of an update, and smaller than those of later ones. */
export function behindUpdate(update: string): string {
  return `${update}\n`;
}

/** The update of a row, as a key. */
export function updateOf(id: string): string {
  return id.slice(0, id.indexOf('\t'));
}

export function isSelected({ since }: LogSelection, { feed, update }: Pick<LoggedChange, 'feed' | 'update'>): boolean {
  return update > (since.get(feed) ?? '');
}

/** How rows are found: by which value of an indexed member. */
interface LogQuery {
  readonly filter: Document;
  readonly sort: Readonly<Record<string, 1>>;
}

/** The valid rows of a query; they may be of updates that are not selected. */
export async function* logRows<N extends LogCollection>(
  context: MongoContext,
  collection: N,
  ...[{ filter, sort }, { revisions, after, below }]: readonly [LogQuery, LogSelection]
): AsyncGenerator<CollectionDocuments[N]> {
  const bounds = {
    ...(after === undefined ? {} : { $gt: after }),
    ...(below === undefined ? {} : { $lt: below }),
  };
  const from = Object.keys(bounds).length === 0 ? {} : { _id: bounds };
  const found = untyped(context, collection)
    .find({ ...filter, ...from })
    .sort(sort)
    .batchSize(rowsTogether);
  for await (const row of found as unknown as AsyncIterable<CollectionDocuments[N]>) {
    if (row.feed !== undefined && counts(revisions, row)) yield row;
  }
}

/** Rows are some kilobytes, at most a megabyte. */
const rowsTogether = 200;

/** The changes of the rows that are selected. */
export async function* changesIn<T extends LoggedChange>(
  context: MongoContext,
  ...[collection, rows, selection]: readonly [
    LogCollection,
    AsyncIterable<CollectionDocuments[LogCollection]>,
    LogSelection,
  ]
): AsyncGenerator<T> {
  for await (const row of rows) {
    const change = (await readValue(context, collection, row)) as T | undefined;
    if (change !== undefined && isSelected(selection, change)) yield change;
  }
}
