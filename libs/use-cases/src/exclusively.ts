import { ClarionError, type LeaseStore } from '@clarion/model';
import { pause } from './news-fan-out';

export interface Exclusion {
  readonly store: LeaseStore;
  readonly now: () => Date;
  /** Unique for each call. */
  readonly holder: string;
}

const leaseMillis = 30_000;
const waitMillis = 10_000;

/**
 * Does something that no other process does meanwhile, holding the lease `name`. Throws `upstream-unavailable` when
 * another one does not end in time; it must itself take less than half a minute.
 */
export async function exclusively<T>(name: string, exclusion: Exclusion, act: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + waitMillis;
  for (let delay = 5; !(await take(name, exclusion)); delay = Math.min(delay * 2, 200)) {
    if (Date.now() > deadline) {
      throw new ClarionError('upstream-unavailable', `Another process holds the lease "${name}"`);
    }
    // Two that wait for the same must not meet again.
    await pause(delay * (1 + Math.random()));
  }
  try {
    return await act();
  } finally {
    await exclusion.store.endLease(name, exclusion.holder);
  }
}

function take(name: string, { store, now, holder }: Exclusion): Promise<boolean> {
  const at = now();
  const until = new Date(at.getTime() + leaseMillis).toISOString();
  return store.lease(name, holder, { now: at.toISOString(), until });
}
