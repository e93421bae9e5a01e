import { flawKey } from './flaw-key';
import type { FindingInterval } from './timeline/finding-history';

/** Since when a finding could be known, and acted on. Times are RFC 3339. */
export interface KnownTimes {
  /** The later of when the image was indexed, and when a feed first had the flaw of its package. */
  readonly firstKnown: string;
  /** When a fix that the image can get was first known, not before `firstKnown`; null while there is none. */
  readonly fixKnown: string | null;
  /** Date of the vulnerability, as its feeds state it. */
  readonly published: string | null;
}

/**
 * For all intervals of one flaw of one package, in their order: one that was withdrawn and came back is known since it
 * was seen first. What was known when the log begins may have been known earlier.
 */
export function knownTimes(intervals: readonly FindingInterval[], indexedAt: string | null): KnownTimes | undefined {
  const [first] = intervals;
  if (first === undefined) return undefined;
  const notBefore = (at: string): string => (indexedAt !== null && indexedAt > at ? indexedAt : at);
  const fixed = intervals.flatMap(({ steps }) => steps).find(({ fixedIn }) => fixedIn !== null);
  return {
    firstKnown: notBefore(first.from),
    fixKnown: fixed === undefined ? null : notBefore(fixed.at),
    published: intervals.at(-1)?.published ?? null,
  };
}

/** Intervals with the times of their flaws. */
export function withKnownTimes(
  findings: readonly FindingInterval[],
  indexedAt: string | null,
): readonly (FindingInterval & KnownTimes)[] {
  const flaws = new Map<string, FindingInterval[]>();
  for (const one of findings) {
    const known = flaws.get(flawKey(one));
    if (known === undefined) flaws.set(flawKey(one), [one]);
    else known.push(one);
  }
  return findings.flatMap((one) => {
    const times = knownTimes(flaws.get(flawKey(one)) ?? [], indexedAt);
    return times === undefined ? [] : [{ ...one, ...times }];
  });
}
