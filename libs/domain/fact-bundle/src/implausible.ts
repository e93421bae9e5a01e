import { lossSincePeak, shrinkage, textShrinkage } from '@clarion/feed-updating';
import { isAhead } from '@clarion/reporting';
import type { FeedState } from '@clarion/model';
import { type FeedTally, isEmpty } from './feed-tally';

/** What the store has of a feed, and how much of it an import removes. */
export interface StoredAndLost {
  readonly last: FeedState | undefined;
  readonly storedTexts: number;
  readonly lostGroups: number;
  readonly lostTexts: number;
}

/**
 * Explains why the imported facts of a feed are implausible, as for a held update (`shrinkage`): there are none, or too
 * many stored facts would be removed. Undefined when the feed may be imported.
 */
export function implausible(tally: FeedTally, stored: StoredAndLost, now: Date): string | undefined {
  if (isEmpty(tally)) return 'has no facts at all';
  const { last, storedTexts, lostGroups, lostTexts } = stored;
  const { groups = 0, statements = 0 } = last ?? {};
  const counts = { groups: tally.groups.size, statements: tally.advisories };
  const describing = counts.groups === 0 ? { texts: tally.texts.size } : {};
  return (
    shrinkage({ groups, advisories: statements, lostGroups, lostAdvisories: statements - counts.statements }) ??
    textShrinkage(storedTexts, lostTexts) ??
    lossSincePeak(last, { ...counts, ...describing }, now)
  );
}

/**
 * Returns a time in a state that is in the future; undefined if there is no such time. `mirroredAt` is not checked,
 * because the age of the feed shows whether it is plausible.
 */
export function futureTime(state: FeedState, now: Date): string | undefined {
  const { lastAttempt, lastSuccess, lastChange, failingSince } = state;
  const times = [lastAttempt, lastSuccess, lastChange, failingSince];
  return times.find((time) => time !== undefined && isAhead(time, now));
}
