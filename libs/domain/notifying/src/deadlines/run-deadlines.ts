import { setTimeout as sleep } from 'node:timers/promises';
import { withLease } from '@clarion/leases';
import type { Bus, LeaseStore, Log } from '@clarion/model';
import { checkDeadlines, type CheckDeadlinesDeps } from './check-deadlines';

export interface RunDeadlinesDeps extends CheckDeadlinesDeps {
  readonly store: CheckDeadlinesDeps['store'] & LeaseStore;
  readonly bus: Pick<Bus, 'publish'>;
  readonly log: Log;
  /** Identifies this process as a lease owner. */
  readonly owner: string;
  readonly everyMillis: number;
}

/** Checks deadlines regularly, in one process at a time, until `signal` aborts. */
export async function runDeadlines(deps: RunDeadlinesDeps, signal: AbortSignal): Promise<void> {
  if (deps.policy.rules.length === 0) return;
  while (!signal.aborted) {
    try {
      await withLease('deadlines', deps, async (lost) => {
        await publishAll(deps, AbortSignal.any([signal, lost]));
      });
    } catch (error) {
      deps.log.warn('Deadlines could not be checked', { error });
    }
    await sleep(deps.everyMillis, undefined, { signal }).catch(() => undefined);
  }
}

async function publishAll(deps: RunDeadlinesDeps, signal: AbortSignal): Promise<void> {
  for await (const events of checkDeadlines(deps)) {
    await deps.bus.publish(events.map((event) => ({ event })));
    // What is left is checked again by the next process.
    if (signal.aborted) return;
  }
}
