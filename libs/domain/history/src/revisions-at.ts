import { ClarionError, type FeedState, type FeedStore, type HistoryStore, type RevisionAt } from '@clarion/model';

export type RevisionReader = Pick<HistoryStore, 'revisionsAt' | 'horizons' | 'historyFrom'> &
  Pick<FeedStore, 'feedStates'>;

/** What was known of the feeds at a time. */
export interface KnownFeedsAt {
  /** The revision of each feed that was current; feeds of which nothing is known at that time are left out. */
  readonly revisions: readonly RevisionAt[];
  /** The states of those feeds. */
  readonly states: readonly FeedState[];
}

/**
 * The feeds at a time (RFC 3339, UTC). A feed that was loaded later, or again without its changes being recorded, is not
 * known then. Throws `history-pruned` for a time before the log begins.
 */
export async function revisionsAt(store: RevisionReader, time: string): Promise<KnownFeedsAt> {
  const [current, horizons, now] = await Promise.all([store.revisionsAt(time), store.horizons(), store.feedStates()]);
  await requireHistory(store, time);
  const horizonOf = new Map(horizons.map(({ feed, update }) => [feed, update]));
  const revisions = current.filter(({ feed, update }) => update >= (horizonOf.get(feed) ?? ''));
  const stateNow = new Map(now.map((state) => [state.feed, state]));
  return { revisions, states: revisions.map((revision) => stateAt(revision, time, stateNow.get(revision.feed))) };
}

/** Throws `history-pruned` for a time before the log of changes begins: what was known then is not stored any more. */
export async function requireHistory(store: Pick<HistoryStore, 'historyFrom'>, time: string): Promise<void> {
  const from = await store.historyFrom();
  if (from === undefined || Date.parse(time) >= Date.parse(from)) return;
  throw new ClarionError('history-pruned', `What was known at ${time} is not stored any more`, {
    remedy: `ask for a time from ${from} on`,
    isPermanent: true,
  });
}

/**
 * The state of a feed at a time: that of its revision, which was compared with the upstream until the next one, as far
 * as is known (failures that came between two successes leave no trace).
 */
function stateAt({ state, next }: RevisionAt, time: string, now: FeedState | undefined): FeedState {
  const last = next === null ? now?.lastSuccess : next.previousSuccess;
  const { lastSuccess = last } = state;
  if (last === undefined || lastSuccess === undefined) return state;
  const checked = last > time ? time : last;
  // Clocks of several machines differ: a revision was current when it was made.
  return { ...state, lastSuccess: checked > lastSuccess ? checked : lastSuccess };
}
