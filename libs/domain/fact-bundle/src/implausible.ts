import { lossSincePeak, shrinkage, textShrinkage } from '@clarion/feed-updating';
import { isAhead } from '@clarion/reporting';
import type { FeedState } from '@clarion/model';
import { type FeedTally, isEmpty } from './feed-tally';

/** What a feed has here, and what of it an import takes away. */
export interface StoredAndLost {
  readonly last: FeedState | undefined;
  readonly storedTexts: number;
  readonly lostGroups: number;
  readonly lostTexts: number;
}

/**
 * Says why what came of a feed is not to be believed, as an update of it would be held (`shrinkage`): it has nothing, or takes
 * away too much of what is here. Undefined when it may be imported.
 */
export function implausible(tally: FeedTally, stored: StoredAndLost, now: Date): string | undefined {
  if (isEmpty(tally)) return 'has no facts at all';
  const { last, storedTexts, lostGroups, lostTexts } = stored;
  const { groups = 0, statements = 0 } = last ?? {};
  const counts = { groups: tally.groups.size, statements: tally.advisories };
  const describing = counts.groups === 0 ? { texts: tally.texts.size } : {};
  return (
    shrinkage({ groups, statements, lostGroups, lostStatements: statements - counts.statements }) ??
    textShrinkage(storedTexts, lostTexts) ??
    lossSincePeak(last, { ...counts, ...describing }, now)
  );
}

/** Names a time of a state that is in the future; undefined where none is. Of a mirror's time the age says what it is worth. */
export function futureTime(state: FeedState, now: Date): string | undefined {
  const { lastAttempt, lastSuccess, lastChange, failingSince } = state;
  const times = [lastAttempt, lastSuccess, lastChange, failingSince];
  return times.find((time) => time !== undefined && isAhead(time, now));
}
