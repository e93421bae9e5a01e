import { type ChangesSince, compareText, type FeedState, type RevisionAt } from '@clarion/model';
import { type RevisionReader, revisionsAt } from '../revisions-at';

/** A period of time. RFC 3339, UTC, in the form of `Date.toISOString`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The part of a period in which something is known of a feed. */
export interface FeedPeriod {
  readonly feed: string;
  /** The revision that was current when it began, and when it ended. */
  readonly start: string;
  readonly end: string;
  /** The state of the feed at the start. */
  readonly state: FeedState;
  /** Set if the feed was loaded within the period; before, nothing is known of it. */
  readonly loadedAt?: string;
}

/** Sorts before the id of every update. */
const beforeAll = '0';

/** The feeds of which something is known within a period, by name. Throws `history-pruned`. */
export async function feedPeriods(store: RevisionReader, { from, to }: Period): Promise<readonly FeedPeriod[]> {
  const [before, after, horizons] = [
    await revisionsAt(store, from),
    await revisionsAt(store, to),
    await store.horizons(),
  ];
  const begun = new Map(before.revisions.map((revision) => [revision.feed, revision]));
  const stateOf = new Map(before.states.map((state) => [state.feed, state]));
  const periods: FeedPeriod[] = [];
  for (const { feed, update: end, state } of after.revisions) {
    const first = begun.get(feed);
    const horizon = horizons.find((one) => one.feed === feed);
    if (first !== undefined) periods.push({ feed, start: first.update, end, state: stateOf.get(feed) ?? first.state });
    else if (horizon === undefined) {
      // Its log begins with nothing: own data, whose first record is a change like all others.
      periods.push({ feed, start: beforeAll, end, state: { ...state, documents: {} } });
    } else {
      const loaded = await revisionOf(store, feed, horizon.at);
      const start = horizon.update;
      periods.push({ feed, start, end, state: loaded?.state ?? state, loadedAt: horizon.at });
    }
  }
  return periods.sort((a, b) => compareText(a.feed, b.feed));
}

async function revisionOf(store: RevisionReader, feed: string, at: string): Promise<RevisionAt | undefined> {
  return (await store.revisionsAt(at)).find((revision) => revision.feed === feed);
}

/** The starts of periods, to read what changed since. */
export function startsOf(periods: readonly FeedPeriod[]): ChangesSince {
  return new Map(periods.map(({ feed, start }) => [feed, start]));
}
