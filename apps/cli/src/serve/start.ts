import { createAuthenticator, parseTokens } from '@clarion/authentication';
import { openInProcessBus } from '@clarion/bus-in-process';
import { endConnections, isHttp2, listenForConnections, type ServeConnection, serveHttp } from '@clarion/connections';
import { createDeadline } from '@clarion/deadlines';
import { callerPorts, createEgress, type Egress, type EgressPolicy } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { feedsFrom } from '@clarion/feed-upstreams';
import {
  createUnwrittenFailures,
  followUpdates,
  runScheduler,
  type FeedMetrics,
  type UnwrittenFailures,
} from '@clarion/feed-updating';
import { createGrpcApi } from '@clarion/grpc-v1';
import { createGrpcServer } from '@clarion/grpc-server';
import { keepDeadLetter } from '@clarion/layer-indexing';
import { emptyFile, parseCredentials, referenceName, resolveImage } from '@clarion/layer-sources';
import type { Bus, DetectorClient, FeedSource, Log, Routes, Store } from '@clarion/model';
import { createWebhookSender, type WebhookSender } from '@clarion/notification-channels';
import { createDeliverer, runRetention, type Deliverer } from '@clarion/notifying';
import { fileDescriptorSet } from '@clarion/proto';
import { clarionVersion, userAgent } from '@clarion/release';
import { reportFormats } from '@clarion/report-formats';
import { createHttpServer } from '@clarion/http-engine';
import { createRestApi } from '@clarion/rest-v1';
import { createSealer, type Sealer } from '@clarion/sealing';
import { inTime, type RunningService } from '@clarion/service-runtime';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  createUseCases,
  isolatedReports,
  runReconciling,
  publishPending,
  type UseCaseService,
} from '@clarion/use-cases';
import { openDetectors } from '../detectors';
import { egressFor } from './egress-for';
import { allRoutes } from './handlers';
import { buildMentions, isolatedUpdating } from './indexing/isolated-updating';
import { createPendingCounts } from './indexing/pending-counts';
import {
  createPools,
  type IndexingPools,
  type IsolatedIndexing,
  spareProcesses,
  startIndexing,
} from './indexing/start-indexing';
import { becomeOnlyServer } from './only-server';
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
  checkFeedsDir(settings);
  const release = await becomeOnlyServer(settings.db, log);
  const adapters = await openAdapters(settings, context);
  const { store, bus, deliverer } = adapters;
  const feeds = configuredFeeds(settings);
  const indexing = startIndexing({ ...adapters, log, draining });
  const failures = createUnwrittenFailures(now);
  const useCases = useCasesOf(adapters, { settings, feeds, log, indexing, failures });
  const routes = allRoutes({
    ...adapters,
    layer: indexing.layer,
    feed: updatingOf(adapters, { feeds, log, failures, feedMetrics: context.feedMetrics }),
    feeds,
    ownVulnerabilities,
    maxFeedAgeMinutes: settings.maxFeedAge,
    epssThreshold: settings.notifyEpss,
    withoutReference: settings.notifyUnreferenced,
    stateChanges: settings.notifyStateChanges,
    log,
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
    scheduling(adapters, { settings, feeds, log, draining }),
    runRetention(
      {
        store,
        now,
        log,
        owner: 'serve',
        everyMillis: 3_600_000,
        ...settings.retention,
      },
      draining,
    ),
  ];
  indexMentions(store, { log, draining });
  // What was submitted or changed and did not get to the bus, by a crash in between or by the command line.
  await useCases.reconcile({ olderThanSeconds: 0 });
  running.push(runReconciling({ useCases, everyMillis: reconcileMillis, log }, draining));
  return {
    port: faces.port,
    tokenFile: faces.tokenFile,
    ready: () => store.ready(),
    async stop(signal) {
      await inTime(Promise.all([faces.stop(signal), ...running]), signal);
      await adapters.close();
      await release();
    },
  };
}

interface SchedulingContext extends Pick<ServeContext, 'log' | 'draining'> {
  readonly settings: ServeSettings;
  readonly feeds: readonly FeedSource[];
}

/** Looks for updates that are due, and for what a command line has changed in the store beside this process. */
function scheduling({ store, bus, pools }: Adapters, context: SchedulingContext): Promise<void> {
  const { settings, log, draining: signal } = context;
  const feeds = context.feeds.filter(({ enabled }) => enabled !== false);
  const countPending = createPendingCounts({ store, feeds, pool: pools.counts, log, signal });
  return runScheduler({
    ...{ store, bus, log, now, signal },
    feeds: settings.updates ? feeds : [],
    everyMillis: scheduleMillis,
    seed: settings.db,
    publishPending: async () => {
      await publishPending({ store, bus });
      await countPending();
    },
  });
}

/** A store that only a command line wrote has no index of what is said about a vulnerability: another process makes it. */
function indexMentions(store: Store, { log, draining }: Pick<ServeContext, 'log' | 'draining'>): void {
  store.packagesOf('').catch((error: unknown) => {
    if (!draining.aborted) log.warn('The index of vulnerabilities could not be made', { error });
  });
}

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
  readonly sealer: Sealer;
  readonly webhooks: WebhookSender;
  readonly deliverer: Deliverer;
  /** Processes for what would keep this one from answering. */
  readonly pools: IndexingPools;
  close(): Promise<void>;
}

async function openAdapters(settings: ServeSettings, { log, draining }: ServeContext): Promise<Adapters> {
  const store = await openEmbeddedStore({
    directory: settings.db,
    mentions: true,
    buildMentions: () => buildMentions(pools.mentions, draining),
  });
  const bus = await openInProcessBus(store, { spares: { 'work.layer': spareProcesses } });
  const allowed = { allowedHosts: settings.allowHost, allowedNetworks: settings.allowNetwork };
  const policy: EgressPolicy = { ...allowed, insecureHosts: settings.insecureHost, userAgent };
  const egress = createEgress(policy);
  const sealingKeys = settings.sealingKeys ?? [ownSealingKey(settings.db)];
  const pools = createPools(settings, { policy, sealingKeys });
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
    ...{ store, bus, egress, layerEgress, sealer, webhooks, deliverer, pools },
    detectors: detectors.client,
    async close() {
      await pools.close();
      await bus.close();
      detectors.close();
      await Promise.all([egress.close(), layerEgress.close(), webhooks.close()]);
      await store.close();
    },
  };
}

/** A place without feeds is told at once, and not by each update. */
function checkFeedsDir({ feedsDir }: ServeSettings): void {
  if (feedsDir !== undefined) feedsFrom(feedsDir, { egressTo: egressFor({}) });
}

interface UpdatingContext {
  readonly feeds: readonly FeedSource[];
  readonly log: Log;
  readonly feedMetrics: FeedMetrics;
  readonly failures: UnwrittenFailures;
}

function updatingOf({ store, bus, pools }: Adapters, { feeds, log, feedMetrics, failures }: UpdatingContext) {
  const updated = feeds.filter(({ enabled }) => enabled !== false);
  const seen = { feedStates: async () => failures.joined(await store.feedStates()) };
  return isolatedUpdating({
    pool: pools.feeds,
    log,
    publishPending: () => publishPending({ store, bus }),
    failures,
    onEvent: followUpdates({ metrics: feedMetrics, log, store: seen, feeds: updated, now }),
  });
}

interface UseCaseContext {
  readonly settings: ServeSettings;
  readonly feeds: readonly FeedSource[];
  readonly log: Log;
  readonly indexing: IsolatedIndexing;
  readonly failures: UnwrittenFailures;
}

function useCasesOf(adapters: Adapters, { settings, feeds, log, indexing, failures }: UseCaseContext): UseCaseService {
  const { store, bus, sealer, egress, layerEgress, webhooks } = adapters;
  return createUseCases({
    ...{ store, bus, sealer, feeds, ownVulnerabilities, log, clarionVersion, now },
    detectors: adapters.detectors,
    feedStates: async () => failures.joined(await store.feedStates()),
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
    renderElsewhere: isolatedReports({ pool: adapters.pools.reports, emptyFile, log }),
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
  const authenticator = createAuthenticator(
    open ? { off: true } : { tokens: () => tokens, failures: { burst: settings.failedAttempts } },
  );
  const { trustedProxies } = settings;
  const rate = { perSecond: settings.requestsPerSecond, burst: settings.requestsPerSecond * 4 };
  const entrances = { grpc: 'this port', introspection: `port ${settings.introspectionPort}` };
  const { host, port, limits } = settings;
  const http = createHttpServer(
    createRestApi({
      useCases,
      authenticator,
      log,
      version: clarionVersion,
      rate,
      trustedProxies,
      entrances,
      bodies: limits,
    }),
    { limits },
  );
  const grpc = createGrpcServer({
    ...createGrpcApi({ useCases, authenticator, log, stopping, trustedProxies }),
    descriptors: fileDescriptorSet(),
    limits,
  });
  const ofHttp = serveHttp(http);
  const ofGrpc: ServeConnection = (socket) => {
    grpc.inject(socket);
  };
  const listening = await listenForConnections({
    ...{ host, port, limits },
    serveWith(first) {
      const spoken = isHttp2(first);
      return spoken === undefined ? undefined : spoken ? ofGrpc : ofHttp;
    },
  });
  return {
    port: listening.port,
    tokenFile: own?.path,
    async stop(signal) {
      const cut = createDeadline(streamMillis, signal);
      await Promise.all([endConnections(listening, http, cut.signal), grpc.stop(cut.signal)]).finally(cut.clear);
    },
  };
}

/** Streams of events have no end of their own: for so long their callers may still be told. */
const streamMillis = 2000;
