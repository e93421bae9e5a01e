import type { FeedPeak, FeedState } from '@clarion/model';
import { shrinkage, textShrinkage } from './shrinkage';

/** The current or the resulting size of a feed. */
export type FeedSize = Omit<FeedPeak, 'since'>;

/** How long the largest size of a feed is kept for comparison. */
const keptMillis = 30 * 24 * 3_600_000;

interface PeakOptions {
  readonly now: Date;
  /** Whether the current content was accepted, however small it is. */
  readonly force: boolean;
}

/** The largest recent size of the feed, including its current size. */
export function peakAfter(last: FeedState | undefined, counts: FeedSize, { now, force }: PeakOptions): FeedPeak {
  const peak = peakOf(last, now);
  const fresh = { since: now.toISOString(), ...counts };
  if (force || peak === undefined) return fresh;
  const texts = Math.max(peak.texts ?? 0, counts.texts ?? 0);
  const most = {
    groups: Math.max(peak.groups, counts.groups),
    statements: Math.max(peak.statements, counts.statements),
    ...(texts === 0 ? {} : { texts }),
  };
  const grew = counts.groups >= peak.groups && counts.statements >= peak.statements && (counts.texts ?? 0) >= texts;
  return grew ? fresh : { since: peak.since, ...most };
}

/** Describes what a feed has lost step by step since its largest size, if that is implausibly much. */
export function lossSincePeak(last: FeedState | undefined, counts: FeedSize, now: Date): string | undefined {
  const peak = peakOf(last, now);
  if (peak === undefined) return undefined;
  const loss = {
    groups: peak.groups,
    advisories: peak.statements,
    lostGroups: peak.groups - counts.groups,
    lostAdvisories: peak.statements - counts.statements,
  };
  const texts = peak.texts ?? 0;
  const lostTexts = counts.texts === undefined ? 0 : texts - counts.texts;
  const when = `since ${peak.since.slice(0, 10)}`;
  return shrinkage(loss, when) ?? textShrinkage(texts, lostTexts, when);
}

function peakOf(last: FeedState | undefined, now: Date): FeedPeak | undefined {
  const peak = last?.peak;
  return peak === undefined || now.getTime() - Date.parse(peak.since) > keptMillis ? undefined : peak;
}
