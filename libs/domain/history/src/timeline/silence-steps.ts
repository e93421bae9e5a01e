import type { FeedState, HistoryStore } from '@clarion/model';
import type { FeedPeriod } from './feed-periods';

/** A revision from which on it means something else that a feed does not name a package. */
export interface SilenceStep {
  readonly feed: string;
  readonly update: string;
  readonly at: string;
  readonly state: FeedState;
}

const revisionsAtOnce = 1000;

/** The revisions of a feed within a period that cover other releases than those before, or lack other documents. */
export async function silenceSteps(
  store: Pick<HistoryStore, 'revisions'>,
  { feed, start, end, state: first }: FeedPeriod,
): Promise<readonly SilenceStep[]> {
  const steps: SilenceStep[] = [];
  let after: string | undefined;
  do {
    const page = await store.revisions(feed, { limit: revisionsAtOnce, ...(after === undefined ? {} : { after }) });
    for (const { update, at, state } of page.items) {
      if (update > end) continue;
      if (update <= start) return distinct(steps.reverse(), first);
      const last = steps.at(-1);
      // Of equal neighbours the older one counts.
      if (last !== undefined && meaningOf(last.state) === meaningOf(state)) steps.pop();
      steps.push({ feed, update, at, state });
    }
    after = page.next;
  } while (after !== undefined);
  return distinct(steps.reverse(), first);
}

function distinct(steps: readonly SilenceStep[], first: FeedState): readonly SilenceStep[] {
  const [oldest] = steps;
  return oldest !== undefined && meaningOf(oldest.state) === meaningOf(first) ? steps.slice(1) : steps;
}

/** What `meaningOfSilence` of matching reads. */
function meaningOf({ documents, missing }: FeedState): string {
  const covered = Object.entries(documents).map(([name, { namespaces, addOnsOnly, frozen }]) => [
    ...[name, namespaces, addOnsOnly],
    frozen && Object.keys(frozen),
  ]);
  return JSON.stringify([covered, missing]);
}
