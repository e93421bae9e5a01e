import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@clarion/model';
import {
  watchDeadLetters,
  watchQueues,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { createUseCases, type UseCaseService } from '@clarion/use-cases';
import { openAdapters } from './adapters';
import { authenticatorOf } from './authenticator';
import type { settings } from './config';
import { openFaces } from './faces';

/** Serves REST and gRPC until it is asked to stop. */
export async function serveApi(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const adapters = await openAdapters(config, { log, metrics });
  const { store, bus } = adapters.dependencies;
  watchQueues(bus, metrics);
  watchDeadLetters(store, metrics);
  const useCases = createUseCases(adapters.dependencies);
  const authenticator = authenticatorOf(config, { egress: adapters.egress, log });
  const faces = await openFaces({ config, useCases, authenticator, log, metrics, stopping: draining });
  const reconciling = reconcileWhile(useCases, draining, { everyMillis: config.reconcileMillis, log });
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    async stop(signal) {
      await faces.stop(signal);
      await reconciling;
      await adapters.close();
    },
  };
}

/** Puts lost work on the bus again, now and from time to time. */
async function reconcileWhile(
  useCases: UseCaseService,
  signal: AbortSignal,
  { everyMillis, log }: { readonly everyMillis: number; readonly log: Log },
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
