import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@clarion/model';

export interface LayerLeaseDeps {
  readonly store: Pick<Store, 'lease' | 'endLease'>;
  readonly holder: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** A process that has not prolonged its lease for so long is taken for dead. */
const leaseMillis = 30_000;
const renewalMillis = 10_000;
/** How often a process that waits for another looks again. */
const pollMillis = 150;

/** Counts the leases that this process takes: two workers in one process are two holders. */
let taken = 0;

/**
 * Runs `work` while no other worker reads the same layer: one that waits finds it known afterwards. Ends by itself when
 * the holder dies. Throws when `signal` aborts.
 */
export async function withLayerLease<T>(
  layer: string,
  { store, holder: process, now, signal }: LayerLeaseDeps,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const name = `layer ${layer}`;
  const holder = `${process} ${(taken += 1)}`;
  const take = (): Promise<boolean> => {
    const at = now();
    const until = new Date(at.getTime() + leaseMillis).toISOString();
    return store.lease(name, holder, { now: at.toISOString(), until });
  };
  while (!(await take())) await sleep(pollMillis, undefined, { signal });
  // A failed renewal is tried again by the next; a lost lease costs work done twice, never a wrong fact.
  const renewal = setInterval(() => void take().catch(() => false), renewalMillis);
  try {
    return await work(signal);
  } finally {
    clearInterval(renewal);
    await store.endLease(name, holder);
  }
}
