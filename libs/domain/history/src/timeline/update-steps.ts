import { ClarionError, type HistoryStore, type LoggedChange } from '@clarion/model';
import type { FeedPeriod } from './feed-periods';

/** What one update of a feed changed, of what is of interest. */
export interface UpdateStep<Change> {
  readonly feed: string;
  readonly update: string;
  readonly at: string;
  readonly changes: readonly Change[];
}

/** Changes that a time line may have: beyond it, a shorter period has to be asked for. */
export const mostChanges = 200_000;

/**
 * The changes within the periods of the feeds, by update, in any order; without those of updates that never became
 * visible. Throws `limit-exceeded`.
 */
export async function updateSteps<Change extends LoggedChange>(
  changes: AsyncIterable<Change>,
  periods: readonly FeedPeriod[],
  store: Pick<HistoryStore, 'revisionTimes'>,
): Promise<readonly UpdateStep<Change>[]> {
  const periodOf = new Map(periods.map((period) => [period.feed, period]));
  const steps = new Map<string, { readonly feed: string; readonly update: string; readonly changes: Change[] }>();
  let count = 0;
  for await (const change of changes) {
    const { feed, update } = change;
    const period = periodOf.get(feed);
    if (period === undefined || update <= period.start || update > period.end) continue;
    count += 1;
    if (count > mostChanges) throw tooMany();
    const step = steps.get(`${feed}\0${update}`);
    if (step === undefined) steps.set(`${feed}\0${update}`, { feed, update, changes: [change] });
    else step.changes.push(change);
  }
  const updates = [...steps.values()].map(({ feed, update }) => [feed, update] as const);
  const times = updates.length === 0 ? [] : await store.revisionTimes(updates);
  return times.flatMap(({ feed, update, at }) => {
    const step = steps.get(`${feed}\0${update}`);
    return step === undefined ? [] : [{ ...step, at }];
  });
}

function tooMany(): ClarionError {
  return new ClarionError('limit-exceeded', `More than ${mostChanges} changes are about this image in that time`, {
    remedy: 'ask for a shorter time',
  });
}
