/** Number of failed attempts that one address, or one token, may make. */
export interface FailureLimit {
  /** Failures that are free; default 20. */
  readonly burst: number;
  /** One more attempt is allowed after this time; default 3 s. */
  readonly refillMillis: number;
}

interface Bucket {
  failures: number;
  at: number;
}

const maxAddresses = 50_000;

/**
 * Counts failures by address (or any other key) in leaky buckets; memory is bounded, and the address with the oldest
 * failure is dropped first.
 */
export function createFailureLimit({ burst, refillMillis }: FailureLimit, now: () => number = Date.now) {
  const buckets = new Map<string, Bucket>();
  const leaked = (address: string): Bucket => {
    const bucket = buckets.get(address);
    const at = now();
    if (bucket === undefined) return { failures: 0, at };
    return { failures: Math.max(0, bucket.failures - (at - bucket.at) / refillMillis), at };
  };
  return {
    /** Seconds until the address may try again; undefined when it may now. */
    blockedFor(address: string): number | undefined {
      if (!buckets.has(address)) return undefined;
      const { failures } = leaked(address);
      // Each failure leaks from the moment it is counted: wait until one more fits into the bucket.
      const over = failures - (burst - 1);
      return over <= 0 ? undefined : Math.max(1, Math.ceil((over * refillMillis) / 1000));
    },
    failed(address: string): void {
      const { failures, at } = leaked(address);
      buckets.delete(address);
      buckets.set(address, { failures: Math.min(failures + 1, burst + 1), at });
      const [oldest] = buckets.keys();
      if (buckets.size > maxAddresses && oldest !== undefined) buckets.delete(oldest);
    },
  };
}
