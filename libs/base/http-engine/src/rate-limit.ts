import { HttpError } from './http-error';

export interface RateLimit {
  /** Sustained requests per second; default 50. */
  readonly perSecond: number;
  /** Requests at once; default 200. */
  readonly burst: number;
}

const maxCallers = 10_000;

/** Counts one request, or the given number. Throws `too-many-requests`. */
export type TakeRequests = (caller: string, requests?: number) => void;

/** A token bucket for each caller. */
export function createRateLimit({ perSecond, burst }: RateLimit, now: () => number = Date.now): TakeRequests {
  const buckets = new Map<string, { left: number; at: number }>();
  return (caller, requests = 1) => {
    const at = now();
    const known = buckets.get(caller) ?? { left: burst, at };
    const left = Math.min(burst, known.left + ((at - known.at) / 1000) * perSecond);
    buckets.delete(caller);
    const needed = Math.min(requests, burst);
    buckets.set(caller, { left: left < needed ? left : left - needed, at });
    const [oldest] = buckets.keys();
    if (buckets.size > maxCallers && oldest !== undefined) buckets.delete(oldest);
    if (left < needed) {
      const seconds = Math.max(1, Math.ceil((needed - left) / perSecond));
      throw new HttpError('too-many-requests', 'Too many requests of this caller', {
        'retry-after': String(seconds),
      });
    }
  };
}
