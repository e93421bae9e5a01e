import { flawKey } from '../flaw-key';
import type { FindingInterval } from '../timeline/finding-history';

/**
 * The intervals of findings before own data (or how the image was read) hid them, by the interval that continues them.
 * Where a feed withdrew the flaw, nothing of before counts. The findings are those of a time line, in its order.
 */
export function suspendedIntervals<Interval extends FindingInterval>(
  findings: readonly Interval[],
): ReadonlyMap<Interval, readonly Interval[]> {
  const suspended = new Map<Interval, readonly Interval[]>();
  const last = new Map<string, Interval>();
  for (const one of findings) {
    const key = flawKey(one);
    const before = last.get(key);
    last.set(key, one);
    if (before === undefined || before.ended === null || before.ended.cause.kind === 'data') continue;
    suspended.set(one, [...(suspended.get(before) ?? []), before]);
  }
  return suspended;
}
