import { setTimeout as sleep } from 'node:timers/promises';
import type { LeaseStore } from '@clarion/model';

export interface Lease {
  readonly store: LeaseStore;
  /** Names this process; each call is a owner of its own. */
  readonly owner: string;
  readonly now: () => Date;
  /** A owner that has not prolonged its lease for so long is taken for dead; 30 s unless stated. */
  readonly leaseMillis?: number;
  /** How long to wait for another owner; 0 unless stated. */
  readonly waitMillis?: number;
  /** Ends the waiting, by a throw. */
  readonly signal?: AbortSignal;
}

const defaultLeaseMillis = 30_000;
const longestPauseMillis = 200;

/** Tells the calls of this process apart. */
let calls = 0;

/**
 * Does `work` while this call holds the lease `name`; undefined when another owner did not end in time. The lease is
 * prolonged meanwhile, and `lost` aborts when it went to another: a store that cannot be reached for a while is no loss.
 */
export async function withLease<T>(
  name: string,
  lease: Lease,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const owner = `${lease.owner} ${(calls += 1)}`;
  if (!(await taken(name, owner, lease))) return undefined;
  const lost = new AbortController();
  const renewal = setInterval(
    () => {
      take(name, owner, lease).then(
        (held) => {
          if (!held) lost.abort(new Error(`The lease "${name}" went to another process`));
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

/** Tries until the lease is had or the time to wait is over. */
async function taken(name: string, owner: string, lease: Lease): Promise<boolean> {
  const { waitMillis = 0, signal } = lease;
  const deadline = performance.now() + waitMillis;
  for (let pause = 5; !(await take(name, owner, lease)); pause = Math.min(pause * 2, longestPauseMillis)) {
    if (performance.now() >= deadline) return false;
    // Two that wait for the same must not meet again.
    await sleep(pause * (1 + Math.random()), undefined, signal === undefined ? {} : { signal });
  }
  return true;
}

function take(name: string, owner: string, { store, now, leaseMillis = defaultLeaseMillis }: Lease): Promise<boolean> {
  const at = now();
  const until = new Date(at.getTime() + leaseMillis).toISOString();
  return store.lease(name, owner, { now: at.toISOString(), until });
}
