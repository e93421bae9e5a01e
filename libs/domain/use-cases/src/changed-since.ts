import { factsName } from '@clarion/reporting';
import type { ChangedFacts, FeedState, HistoryStore } from '@clarion/model';

/** Reads what updates of feeds changed. */
export type ChangeReader = Pick<HistoryStore, 'revisions' | 'changedFacts' | 'historyFrom'>;

/** More changes are not worth to be read: what they are about is read again. */
const mostChanges = 10_000;
const mostUpdates = 16;

/**
 * What differs between the facts that these states were written with, by the log of changes. Undefined where that does
 * not show it: a feed was loaded, or is gone; it was written without a revision; it has another state by now; there are
 * too many changes, or too old ones.
 */
export async function changedSince(
  before: readonly FeedState[],
  after: readonly FeedState[],
  store: ChangeReader,
): Promise<ChangedFacts | undefined> {
  const known = new Map(before.map((state) => [state.feed, state]));
  if (before.length !== after.length) return undefined;
  const updates: (readonly [feed: string, update: string])[] = [];
  let oldest = Infinity;
  for (const state of after) {
    const last = known.get(state.feed);
    if (last === undefined) return undefined;
    if (factsName(last) === factsName(state)) continue;
    const between = await updatesBetween(last, state, store);
    if (between === undefined) return undefined;
    updates.push(...between.updates.map((update) => [state.feed, update] as const));
    oldest = Math.min(oldest, Date.parse(between.from));
  }
  const changed = await store.changedFacts(updates, mostChanges);
  // Last: what is deleted from now on was read.
  const from = await store.historyFrom();
  return from !== undefined && Date.parse(from) > oldest ? undefined : changed;
}

interface UpdatesBetween {
  readonly updates: readonly string[];
  /** RFC 3339: the time of the revision before them. */
  readonly from: string;
}

/** The updates of a feed between two of its states, of which the second one must be that of its newest revision. */
async function updatesBetween(
  before: FeedState,
  after: FeedState,
  store: ChangeReader,
): Promise<UpdatesBetween | undefined> {
  const updates: string[] = [];
  let page: { readonly limit: number; readonly after?: string } | undefined = { limit: 4 };
  while (page !== undefined && updates.length < mostUpdates) {
    const { items, next } = await store.revisions(after.feed, page);
    for (const { state, update, first, at } of items) {
      const name = factsName(state);
      if (updates.length === 0 && name !== factsName(after)) return undefined;
      if (name === factsName(before)) return { updates, from: at };
      if (first === true) return undefined;
      updates.push(update);
    }
    page = next === undefined ? undefined : { limit: page.limit, after: next };
  }
  return undefined;
}
