import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiDependencies, openAdapters, openApis, openAuthenticator } from '@clarion/api-server';
import { openInProcessBus } from '@clarion/bus-in-process';
import { localDetectorClient } from '@clarion/detector-client';
import { doImageJob, isolatedImages } from '@clarion/layer-indexing';
import { storeUpload } from '@clarion/layer-sources';
import { createLog, createMetrics, readConfig } from '@clarion/service-runtime';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { startServiceProcess } from '@clarion/test-kit';
import { createUseCases } from '@clarion/use-cases';
import { matchSettings } from '@clarion/workers';
import { settings } from '../../../apps/api-gateway/src/config';
import { imageJobDeps } from '../../../apps/api-gateway/src/image-process';

export type EnvironmentVariables = Readonly<Record<string, string>>;

/** An API that runs with some variables set. */
export interface ServedApi {
  /** Of REST: host and port. */
  readonly rest: string;
  /** Of gRPC: host and port. */
  readonly grpc: string;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export const sealingKey = Buffer.alloc(32, 7).toString('base64');
/** What the gateway cannot do without. */
export const required = { CLARION_MONGODB_URI: 'mongodb://localhost/x', CLARION_SEALING_KEYS: sealingKey };

/** The API of the gateway, with its table of settings, on a store and a bus of this process. */
export async function gatewayApi(variables: EnvironmentVariables): Promise<ServedApi> {
  const env = { ...required, CLARION_HOST: '127.0.0.1', ...variables };
  const { config } = readConfig(settings, env);
  const directory = mkdtempSync(join(tmpdir(), 'clarion-parity-'));
  const log = createLog({ service: 'api-gateway', version: '0', level: 'silent' });
  const metrics = createMetrics({ version: '0' });
  const store = await openEmbeddedStore({ directory });
  const bus = await openInProcessBus(store);
  const detectors = { client: localDetectorClient([]), close: () => undefined };
  const processes = { close: () => Promise.resolve() };
  const matching = { store, ...matchSettings(config) };
  const jobs = imageJobDeps(config, { matching, detectors: detectors.client });
  const { close, ...adapters } = openAdapters(config, { store, bus, detectors, processes }, metrics);
  const stopping = new AbortController();
  // The work of its processes, in this one.
  const { indexArchive } = isolatedImages({
    ...{ store, log, storeUpload, stopping: stopping.signal },
    pool: {
      run: (job, { signal }) => doImageJob(job, jobs, { signal, begin: () => undefined }),
    },
  });
  const dependencies = apiDependencies(config, { ...adapters, indexArchive }, { log, metrics, feeds: config });
  const apis = await openApis({
    ...{ config, log, metrics, stopping: stopping.signal, ports: { rest: 0, grpc: 0 }, introspectionPort: 0 },
    useCases: createUseCases(dependencies),
    authenticator: openAuthenticator(config, { egress: adapters.egress, log, env }),
  });
  return {
    rest: `127.0.0.1:${apis.restPort}`,
    grpc: `127.0.0.1:${apis.grpcPort}`,
    metrics: async () => (await metrics.scrape()).body,
    async stop() {
      stopping.abort();
      await apis.stop(AbortSignal.abort());
      await close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** `clarion serve`, in a separate process. */
export async function serveApi(variables: EnvironmentVariables): Promise<ServedApi> {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-parity-'));
  const own = { CLARION_DB: directory, CLARION_LISTEN: '127.0.0.1:0', CLARION_INTROSPECTION_PORT: '0' };
  const serving = startServiceProcess('cli', { ...own, CLARION_SCHEDULE: 'false', ...variables }, ['serve']);
  await serving.line('Started');
  const { rest_port: rest, grpc_port: grpc } = await serving.line('Listening');
  const { introspection_port: introspection } = await serving.line('Starting');
  return {
    rest: `127.0.0.1:${String(rest)}`,
    grpc: `127.0.0.1:${String(grpc)}`,
    metrics: async () => (await fetch(`http://127.0.0.1:${String(introspection)}/metrics`)).text(),
    async stop() {
      serving.kill('SIGTERM');
      await serving.ended;
      rmSync(directory, { recursive: true });
    },
  };
}
