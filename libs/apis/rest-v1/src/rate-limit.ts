import { HttpProblem } from './problem';

export interface RateLimit {
  /** Requests a second that go on for ever; default 50. */
  readonly perSecond: number;
  /** Requests at once; default 200. */
  readonly burst: number;
}

const maxCallers = 10_000;

/** A token bucket for each caller. The function it returns throws `too-many-requests`. */
export function createRateLimit(
  { perSecond, burst }: RateLimit,
  now: () => number = Date.now,
): (caller: string) => void {
  const buckets = new Map<string, { left: number; at: number }>();
  return (caller) => {
    const at = now();
    const known = buckets.get(caller) ?? { left: burst, at };
    const left = Math.min(burst, known.left + ((at - known.at) / 1000) * perSecond);
    buckets.delete(caller);
    buckets.set(caller, { left: Math.max(0, left - 1), at });
    const [oldest] = buckets.keys();
    if (buckets.size > maxCallers && oldest !== undefined) buckets.delete(oldest);
    if (left < 1) {
      const seconds = Math.max(1, Math.ceil((1 - left) / perSecond));
      throw new HttpProblem('too-many-requests', 'Too many requests of this caller', {
        'retry-after': String(seconds),
      });
    }
  };
}
