import { createAuthenticator, parseTokens } from '@clarion/authentication';
import { openInProcessBus } from '@clarion/bus-in-process';
import { createDeadline } from '@clarion/deadlines';
import { callerPorts, createEgress, type Egress, type EgressPolicy } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { feedsFrom, feedsFromNetwork } from '@clarion/feed-upstreams';
import { runScheduler, type FeedMetrics } from '@clarion/feed-updating';
import { createGrpcApi } from '@clarion/grpc-api';
import { createGrpcServer } from '@clarion/grpc-server';
import { keepDeadLetter } from '@clarion/layer-indexing';
import { parseCredentials, referenceName, resolveImage } from '@clarion/layer-sources';
import type { Bus, DetectorClient, FeedSource, Log, Routes, Store } from '@clarion/model';
import { createWebhookSender, type WebhookSender } from '@clarion/notification-channels';
import { createDeliverer, defaultRetention, runRetention, type Deliverer } from '@clarion/notifying';
import { fileDescriptorSet } from '@clarion/proto';
import { reportFormats } from '@clarion/report-formats';
import { createHttpServer, createRestApi } from '@clarion/rest-api';
import { createSealer, type Sealer } from '@clarion/sealing';
import { inTime, type RunningService } from '@clarion/service-runtime';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { createUseCases, runReconciling, tellChanges, type UseCaseService } from '@clarion/use-cases';
import { openDetectors } from '../detectors';
import { clarionVersion } from '../release';
import { allRoutes } from './handlers';
import type { IsolatedIndexing } from './indexing/isolated-indexing';
import { startIndexing } from './indexing/start-indexing';
import { listenOnOnePort } from './one-port';
import { ownSealingKey, ownToken } from './own-secrets';
import type { ServeSettings } from './settings';

export interface Started extends RunningService {
  readonly port: number;
  /** File with the token of the administrator; undefined when tokens were given or nobody is asked. */
  readonly tokenFile: string | undefined;
}

export interface ServeContext {
  readonly log: Log;
  /** Aborted when the process is asked to stop. */
  readonly draining: AbortSignal;
  /** Wraps the handlers, for logs and metrics. */
  readonly observe: (routes: Routes) => Routes;
  readonly feedMetrics: FeedMetrics;
}

/** Starts all of Clarion in this process: handlers, scheduler, deliveries and both faces on one port. */
export async function startServing(settings: ServeSettings, context: ServeContext): Promise<Started> {
  const { log, draining, observe } = context;
  const adapters = await openAdapters(settings, log);
  const { store, bus, deliverer } = adapters;
  const feeds = configuredFeeds(settings);
  const indexing = startIndexing(settings, { ...adapters, log, draining });
  const useCases = useCasesOf(adapters, { settings, feeds, log, indexing });
  const choice = { egressTo: adapters.egressTo };
  const routes = allRoutes({
    ...adapters,
    layer: indexing.layer,
    feeds,
    ownVulnerabilities,
    log,
    maxFeedAgeMinutes: settings.maxFeedAge,
    epssThreshold: settings.notifyEpss,
    withoutReference: settings.notifyUnreferenced,
    ...{ directory: settings.db, feedMetrics: context.feedMetrics },
    upstreamFor: settings.feedsDir === undefined ? feedsFromNetwork(choice) : feedsFrom(settings.feedsDir, choice),
    onDue: () => {
      deliverer.wake();
    },
  });
  const faces = await openFaces({ settings, useCases, log, stopping: draining });
  const running = [
    bus.run(observe(routes), {
      signal: draining,
      concurrency: { 'work.layer': settings.concurrency },
      onDead: (letter) => keepDeadLetter(letter, { store, bus }),
    }),
    deliverer.run(draining),
    runScheduler({
      feeds: settings.updates ? feeds.filter(({ enabled }) => enabled !== false) : [],
      store,
      bus,
      log,
      everyMillis: scheduleMillis,
      seed: settings.db,
      now,
      signal: draining,
      tellChanges: () => tellChanges({ store, bus }),
    }),
    runRetention(
      {
        store,
        now,
        log,
        holder: 'serve',
        everyMillis: 3_600_000,
        ...defaultRetention,
      },
      draining,
    ),
  ];
  // A store that only a command line wrote has no index of what is said about a vulnerability: it is made meanwhile.
  store.packagesOf('').catch((error: unknown) => {
    log.warn('The index of vulnerabilities could not be made', { error });
  });
  // What was submitted or changed and did not get to the bus, by a crash in between or by the command line.
  await useCases.reconcile({ olderThanSeconds: 0 });
  running.push(runReconciling({ useCases, everyMillis: reconcileMillis, log }, draining));
  return {
    port: faces.port,
    tokenFile: faces.tokenFile,
    ready: () => store.ready(),
    async stop(signal) {
      await inTime(Promise.all([faces.stop(signal), ...running]), signal);
      await indexing.close();
      await adapters.close();
    },
  };
}

const userAgent = `clarion/${clarionVersion}`;
const scheduleMillis = 5000;
const reconcileMillis = 300_000;
const now = (): Date => new Date();

interface Adapters {
  readonly store: Store;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  /** What may be reached for layers. */
  readonly egress: Egress;
  /** The same for addresses of layers that callers give. */
  readonly layerEgress: Egress;
  readonly egressTo: (insecureHosts: readonly string[]) => Egress;
  readonly sealer: Sealer;
  readonly webhooks: WebhookSender;
  readonly deliverer: Deliverer;
  readonly policy: EgressPolicy;
  readonly sealingKeys: readonly string[];
  close(): Promise<void>;
}

async function openAdapters(settings: ServeSettings, log: Log): Promise<Adapters> {
  const store = await openEmbeddedStore({ directory: settings.db, mentions: true });
  const bus = await openInProcessBus(store);
  const allowed = { allowedHosts: settings.allowHost, allowedNetworks: settings.allowNetwork };
  const policy: EgressPolicy = { ...allowed, insecureHosts: settings.insecureHost, userAgent };
  const egressTo = (hosts: readonly string[]): Egress =>
    createEgress({
      ...policy,
      allowedHosts: [...settings.allowHost, ...hosts],
      insecureHosts: [...settings.insecureHost, ...hosts],
    });
  const egress = egressTo([]);
  const sealingKeys = settings.sealingKeys ?? [ownSealingKey(settings.db)];
  const sealer = createSealer(sealingKeys);
  const layerEgress = createEgress({ ...policy, ports: callerPorts(settings.layerPorts) });
  const publicUrl = settings.publicUrl ?? `http://${settings.host}:${settings.port}`;
  const webhooks = createWebhookSender({
    sealer,
    publicUrl,
    policy: { ...allowed, ports: settings.webhookPorts, userAgent },
  });
  const detectors = await openDetectors(settings.detectors, log);
  const deliverer = createDeliverer({ store, send: webhooks.send, now, log });
  return {
    ...{ store, bus, egress, layerEgress, egressTo, sealer, webhooks, deliverer },
    detectors: detectors.client,
    ...{ policy, sealingKeys },
    async close() {
      await bus.close();
      detectors.close();
      await Promise.all([egress.close(), layerEgress.close(), webhooks.close()]);
      await store.close();
    },
  };
}

interface UseCaseContext {
  readonly settings: ServeSettings;
  readonly feeds: readonly FeedSource[];
  readonly log: Log;
  readonly indexing: IsolatedIndexing;
}

function useCasesOf(adapters: Adapters, { settings, feeds, log, indexing }: UseCaseContext): UseCaseService {
  const { store, bus, sealer, egress, layerEgress, webhooks } = adapters;
  return createUseCases({
    ...{ store, bus, sealer, feeds, ownVulnerabilities, log, clarionVersion, now },
    detectors: adapters.detectors,
    referenceName,
    resolveImage: (reference, { credentials, ...options }) =>
      resolveImage(reference, {
        ...options,
        egress,
        insecureRegistries: settings.insecureHost,
        ...(credentials === undefined ? {} : { credentials: parseCredentials(JSON.stringify(credentials)) }),
      }),
    indexArchive: indexing.indexArchive,
    compose: indexing.compose,
    checkLayerUrls: (urls) => layerEgress.checkResolved(urls),
    sendWebhook: webhooks.send,
    checkReceiver: (receiver) => webhooks.checkReceiver(receiver),
    requestConsent: (receiver) => webhooks.requestConsent(receiver),
    formats: reportFormats,
    maxFeedAgeMinutes: settings.maxFeedAge,
  });
}

interface FacesDeps {
  readonly settings: ServeSettings;
  readonly useCases: UseCaseService;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

interface Faces {
  readonly port: number;
  readonly tokenFile: string | undefined;
  stop(signal: AbortSignal): Promise<void>;
}

/** REST and gRPC, on one port. */
async function openFaces({ settings, useCases, log, stopping }: FacesDeps): Promise<Faces> {
  const open = settings.auth === 'off';
  const own = open || settings.tokens !== undefined ? undefined : ownToken(settings.db);
  const given = settings.tokens === undefined ? [] : parseTokens(settings.tokens);
  const tokens = own?.tokens ?? given;
  const authenticator = createAuthenticator(open ? { off: true } : { tokens: () => tokens });
  const { trustedProxies } = settings;
  const rate = { perSecond: settings.requestsPerSecond, burst: settings.requestsPerSecond * 4 };
  const entrances = { grpc: 'this port', introspection: `port ${settings.introspectionPort}` };
  const http = createHttpServer(
    createRestApi({ useCases, authenticator, log, version: clarionVersion, rate, trustedProxies, entrances }),
  );
  const grpc = createGrpcServer({
    services: createGrpcApi({ useCases, authenticator, log, stopping, trustedProxies }),
    descriptors: fileDescriptorSet(),
  });
  const { host, port } = settings;
  const listening = await listenOnOnePort({
    host,
    port,
    http,
    grpc: (socket) => {
      grpc.inject(socket);
    },
  });
  return {
    port: listening.port,
    tokenFile: own?.path,
    async stop(signal) {
      listening.close();
      const httpEnded = new Promise<void>((resolve) => {
        http.on('close', resolve);
        http.close(() => {
          resolve();
        });
        http.closeIdleConnections();
        signal.addEventListener(
          'abort',
          () => {
            http.closeAllConnections();
          },
          { once: true },
        );
        // Streams of events have no end of their own.
        setTimeout(() => {
          listening.destroy();
          http.closeAllConnections();
        }, 2_000).unref();
      });
      const cut = createDeadline(2_000, signal);
      await Promise.all([httpEnded, grpc.stop(cut.signal)]).finally(cut.clear);
      listening.destroy();
    },
  };
}
