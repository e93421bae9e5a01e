import { setTimeout as sleep } from 'node:timers/promises';
import type { LeaseStore } from '@clarion/model';

export interface LeaseOptions {
  readonly store: LeaseStore;
  /** Names this process; each call is a separate owner. */
  readonly owner: string;
  readonly now: () => Date;
  /** An owner that has not prolonged its lease for this long is considered dead; 30 s unless stated. */
  readonly leaseMillis?: number;
  /** How long to wait for another owner; 0 unless stated. */
  readonly waitMillis?: number;
  /** Ends the waiting by throwing. */
  readonly signal?: AbortSignal;
}

const defaultLeaseMillis = 30_000;
const longestPauseMillis = 200;

/** Distinguishes the calls of this process. */
let calls = 0;

/**
 * Does `work` while this call owns the lease `name`; undefined when another owner did not end in time. The lease is
 * prolonged meanwhile, and `lost` aborts when another owner takes it: a store that is unavailable for a while does not
 * count as lost.
 */
export async function withLease<T>(
  name: string,
  lease: LeaseOptions,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const owner = `${lease.owner} ${(calls += 1)}`;
  if (!(await taken(name, owner, lease))) return undefined;
  const lost = new AbortController();
  const renewal = setInterval(
    () => {
      take(name, owner, lease).then(
        (prolonged) => {
          if (!prolonged) lost.abort(new Error(`The lease "${name}" went to another process`));
        },
        () => undefined,
      );
    },
    (lease.leaseMillis ?? defaultLeaseMillis) / 3,
  );
  try {
    return { result: await work(lost.signal) };
  } finally {
    clearInterval(renewal);
    await lease.store.endLease(name, owner);
  }
}

/** Tries until it owns the lease or the waiting time is over. */
async function taken(name: string, owner: string, lease: LeaseOptions): Promise<boolean> {
  const { waitMillis = 0, signal } = lease;
  const deadline = performance.now() + waitMillis;
  for (let pause = 5; !(await take(name, owner, lease)); pause = Math.min(pause * 2, longestPauseMillis)) {
    if (performance.now() >= deadline) return false;
    // Random jitter: two processes that wait for the same lease must not collide again.
    await sleep(pause * (1 + Math.random()), undefined, signal === undefined ? {} : { signal });
  }
  return true;
}

function take(
  name: string,
  owner: string,
  { store, now, leaseMillis = defaultLeaseMillis }: LeaseOptions,
): Promise<boolean> {
  const at = now();
  const until = new Date(at.getTime() + leaseMillis).toISOString();
  return store.lease(name, owner, { now: at.toISOString(), until });
}
