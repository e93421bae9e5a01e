import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@clarion/model';
import type { UseCaseService } from './create-use-cases';

export interface ReconcilingDeps {
  readonly useCases: Pick<UseCaseService, 'reconcile'>;
  readonly everyMillis: number;
  readonly log: Log;
}

/** Publishes lost work again, now and periodically, until `signal` aborts. */
export async function runReconciling(
  { useCases, everyMillis, log }: ReconcilingDeps,
  signal: AbortSignal,
): Promise<void> {
  const stopped = (): boolean => signal.aborted;
  while (!stopped()) {
    try {
      const ordered = await useCases.reconcile({ signal });
      if (ordered > 0) log.info('Lost work was ordered again', { ordered });
    } catch (error) {
      if (!stopped()) log.warn('Lost work could not be looked for', { error });
    }
    await sleep(everyMillis, undefined, { signal }).catch(() => undefined);
  }
}
