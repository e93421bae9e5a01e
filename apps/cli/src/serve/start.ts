import { apiDependencies } from '@clarion/api-server';
import { createUnwrittenFailures, followUpdates, runScheduler, type UnwrittenFailures } from '@clarion/feed-updating';
import { keepDeadLetter } from '@clarion/layer-indexing';
import { emptyFile } from '@clarion/layer-sources';
import type { FeedSource, AdvisoryStore } from '@clarion/model';
import { upstreamsOf } from '@clarion/outbound';
import {
  feedMetrics,
  inTime,
  observed,
  observedDead,
  type RunningService,
  type ServiceContext,
  watchDeadLetters,
  watchQueues,
} from '@clarion/service-runtime';
import { createUseCases, isolatedReports, publishPending, runReconciling } from '@clarion/use-cases';
import { countLayers, countMeasures, matchSettings, startNotifying } from '@clarion/workers';
import { chooseAdapters, type ServeAdapters } from './choose-adapters';
import { isolatedUpdating } from './indexing/isolated-updating';
import { createPendingCounts } from './indexing/pending-counts';
import { startIndexing } from './indexing/start-indexing';
import { becomeOnlyServer } from './only-server';
import { openServeApis } from './open-serve-apis';
import type { ServeSettings } from './settings';

export interface StartedServer extends RunningService {
  readonly port: number;
  /** File with the administrator's token; undefined when tokens or issuers are configured, or authentication is off. */
  readonly tokenFile: string | undefined;
}

/** Starts all of Clarion in this process: handlers, scheduler, deliveries and both APIs on one port. */
export async function startServing(settings: ServeSettings, context: ServiceContext): Promise<StartedServer> {
  const { log, metrics, draining } = context;
  const { config } = settings;
  // A mirror without feeds is an error at start, not at each update.
  upstreamsOf(config);
  const release = await becomeOnlyServer(settings.db, log);
  const adapters = await chooseAdapters(settings, context);
  const { store, bus } = adapters;
  watchQueues(bus, metrics);
  watchDeadLetters(store, metrics);
  const matching = matchSettings({ ...settings.feeds, maxFeedAgeMillis: config.maxFeedAgeMillis });
  const feeds = matching.feeds.filter(({ enabled }) => enabled !== false);
  const { layer, ...images } = startIndexing({ ...adapters, log, draining, onMeasured: countMeasures(metrics) });
  const failures = createUnwrittenFailures(matching.now);
  const isolated = {
    ...images,
    renderElsewhere: isolatedReports({ pool: adapters.pools.reports, emptyFile, log }),
    feedStates: async () => failures.joined(await store.feedStates()),
  };
  const { close: _, pools: __, ...opened } = adapters;
  const useCases = createUseCases(
    apiDependencies(config, { ...opened, ...isolated }, { log, metrics, feeds: settings.feeds }),
  );
  const notifying = startNotifying(config, { ...adapters, matching, log, metrics, draining, owner: 'serve' });
  const routes = {
    'work.layer': countLayers(layer, metrics),
    'work.feed': updatingOf(adapters, { feeds, failures }, context),
    'advisories.changed': notifying.handler,
  };
  const { apis, tokenFile } = await openServeApis(settings, { ...adapters, useCases }, context);
  const running = [
    bus.run(observed(routes, { log, metrics }), {
      signal: draining,
      concurrency: {
        'work.layer': config.concurrentLayers,
        'work.feed': config.concurrentFeeds,
        'advisories.changed': config.concurrency,
      },
      onDead: observedDead((letter) => keepDeadLetter(letter, { store, bus }), { log, metrics }),
    }),
    notifying.running,
    scheduling(adapters, { settings, feeds }, context),
  ];
  indexMentions(store, context);
  // Work that was submitted or changed but did not reach the bus, after a crash or by the command line.
  await useCases.reconcile({ olderThanSeconds: 0 });
  running.push(runReconciling({ useCases, everyMillis: config.reconcileMillis, log }, draining));
  return {
    port: apis.restPort,
    tokenFile,
    ready: () => store.ready(),
    async stop(signal) {
      await inTime(Promise.all([apis.stop(signal), ...running]), signal);
      await adapters.close();
      await release();
    },
  };
}

interface Scheduled {
  readonly settings: ServeSettings;
  /** Those that are on. */
  readonly feeds: readonly FeedSource[];
}

const now = (): Date => new Date();

/** Checks for due updates, and for changes that a command line has made in the store meanwhile. */
function scheduling(
  { store, bus, pools }: ServeAdapters,
  { settings, feeds }: Scheduled,
  { log, draining: signal }: ServiceContext,
): Promise<void> {
  const { scheduled, scheduleMillis: everyMillis } = settings.config;
  const countPending = createPendingCounts({ store, feeds, pool: pools.counts, log, signal });
  return runScheduler({
    ...{ store, bus, log, now, signal, everyMillis },
    feeds: scheduled ? feeds : [],
    seed: settings.db,
    publishPending: async () => {
      await publishPending({ store, bus });
      await countPending();
    },
  });
}

/** A store that only a command line wrote has no index of mentions: another process builds it. */
function indexMentions(
  store: Pick<AdvisoryStore, 'packagesOf'>,
  { log, draining }: Pick<ServiceContext, 'log' | 'draining'>,
): void {
  store.packagesOf('').catch((error: unknown) => {
    if (!draining.aborted) log.warn('The index of vulnerabilities could not be made', { error });
  });
}

interface Updated {
  /** Those that are on. */
  readonly feeds: readonly FeedSource[];
  readonly failures: UnwrittenFailures;
}

function updatingOf(
  { store, bus, pools }: ServeAdapters,
  { feeds, failures }: Updated,
  { log, metrics }: ServiceContext,
): ReturnType<typeof isolatedUpdating> {
  const seen = { feedStates: async () => failures.joined(await store.feedStates()) };
  return isolatedUpdating({
    pool: pools.feeds,
    ...{ log, failures },
    publishPending: () => publishPending({ store, bus }),
    onMeasured: countMeasures(metrics),
    onEvent: followUpdates({ metrics: feedMetrics(metrics), log, store: seen, feeds, now }),
  });
}
