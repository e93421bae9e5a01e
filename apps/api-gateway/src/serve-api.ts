import { apiDependencies, openApis, openAuthenticator } from '@clarion/api-server';
import {
  watchDeadLetters,
  watchQueues,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { createUseCases, runReconciling } from '@clarion/use-cases';
import { chooseAdapters } from './choose-adapters';
import type { settings } from './config';

/** Serves REST and gRPC until it is stopped. */
export async function serveApi(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const giveBack = new AbortController();
  const { adapters, processes } = await chooseAdapters(config, { log, metrics, stopping: giveBack.signal });
  const { close, ...opened } = adapters;
  const { store, bus, egress } = opened;
  watchQueues(bus, metrics);
  watchDeadLetters(store, metrics);
  const isolated = { ...processes.images, renderElsewhere: processes.renderElsewhere };
  const useCases = createUseCases(apiDependencies(config, { ...opened, ...isolated }, { log, metrics, feeds: config }));
  const authenticator = openAuthenticator(config, { egress, log });
  const { restPort: rest, grpcPort: grpc, introspectionPort } = config;
  const apis = await openApis({
    ...{ config, ports: { rest, grpc }, introspectionPort },
    ...{ useCases, authenticator, log, metrics, stopping: draining },
  });
  const reconciling = runReconciling({ useCases, everyMillis: config.reconcileMillis, log }, draining);
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    async stop(signal) {
      await apis.stop(signal);
      // Work whose callers have disconnected by now, and composing by reconciliation.
      giveBack.abort();
      await reconciling;
      await close();
    },
  };
}
