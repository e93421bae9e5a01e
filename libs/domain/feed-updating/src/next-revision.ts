import { type CommittedRevision, type HistoryStore, laterTimeOrderedId } from '@clarion/model';

/** The revision that an update of a feed will be; `at` is added when it is committed. */
export type NextRevision = Omit<CommittedRevision, 'at'>;

/**
 * The next revision of a feed. Only the one writer of the feed may ask: its id is later than that of any other,
 * whatever the clocks of earlier writers said. The history starts with it (`first`) if its changes are not all
 * recorded, or those of earlier ones: a store that has facts and no revision of them was written by an older version.
 */
export async function nextRevision(
  feed: string,
  store: Pick<HistoryStore, 'revisions'>,
  { now, recorded, empty = false }: NextRevisionOptions,
): Promise<NextRevision> {
  const newest = (await store.revisions(feed, { limit: 1 })).items[0];
  const update = laterTimeOrderedId(now, newest?.update);
  const isWhole = recorded && (newest !== undefined || empty);
  return isWhole ? { update } : { update, first: true };
}

export interface NextRevisionOptions {
  readonly now: Date;
  /** Whether all changes of this update are recorded. */
  readonly recorded: boolean;
  /** Nothing of the feed was ever stored; default false. */
  readonly empty?: boolean;
}
