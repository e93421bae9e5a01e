import { ClarionError, type FeedState } from '@clarion/model';
import type { FeedImport } from './feed-import';
import { differenceFrom } from './feed-tally';
import { futureTime, implausible } from './implausible';

/** Rejects a feed whose state is from the future. */
export function requirePast(state: FeedState, now: Date, label: string): void {
  const time = futureTime(state, now);
  if (time === undefined) return;
  throw new ClarionError('invalid-input', `${label} is of the future: ${state.feed} was updated at ${time}`, {
    remedy: 'set the clock of this machine, or of the one that exported it',
  });
}

/** Rejects feeds whose imported counts differ from their states. */
export function requireWhole(imports: ReadonlyMap<string, FeedImport>, label: string): void {
  for (const [feed, { state, numbers, tally }] of imports) {
    const difference = differenceFrom(state, numbers, tally);
    if (difference === undefined) continue;
    throw new ClarionError('corrupt-data', `${label} has of ${feed} ${difference}`, {
      remedy: 'export it again with clarion db export while no update runs',
    });
  }
}

interface PlausibleOptions {
  readonly label: string;
  readonly isOwn: (feed: string) => boolean;
}

/** Rejects feeds that lose more than an update may, or that are empty. */
export async function requirePlausible(
  imports: ReadonlyMap<string, FeedImport>,
  now: Date,
  { label, isOwn }: PlausibleOptions,
): Promise<void> {
  for (const [feed, { tally, last, lost, storedTexts }] of imports) {
    if (isOwn(feed)) continue;
    const counts = {
      storedTexts: [...(await storedTexts.ids())].length,
      lostGroups: lost.groups,
      lostTexts: lost.texts,
    };
    const stored = { last, ...counts };
    const reason = implausible(tally, stored, now);
    if (reason === undefined) continue;
    throw new ClarionError('invalid-input', `${label} is not imported: ${feed} ${reason}`, {
      remedy: 'if that is right, accept it with clarion db import --force',
    });
  }
}
