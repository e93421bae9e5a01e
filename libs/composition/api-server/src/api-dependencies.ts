import { clairFormats } from '@clarion/clair-v4/formats';
import { configuredFeeds, type FeedSettings, ownVulnerabilities } from '@clarion/feed-sources';
import { parseCredentials, referenceName, resolveImage } from '@clarion/layer-sources';
import type { Log } from '@clarion/model';
import { deadlinePolicy } from '@clarion/policy';
import { buildId, clarionVersion } from '@clarion/release';
import { reportFormats } from '@clarion/report-formats';
import type { ConfigOf, ProcessMetrics } from '@clarion/service-runtime';
import type { apiSettings } from '@clarion/settings';
import type { UseCaseDependencies } from '@clarion/use-cases';
import type { ApiAdapters } from './open-adapters';

/** How images are read and reports are written: in separate processes of the app. */
type Isolated = Pick<UseCaseDependencies, 'indexArchive' | 'compose' | 'renderElsewhere' | 'feedStates'>;

/** The settings of an API that its use cases read. */
type DependencyConfig = Pick<
  ConfigOf<typeof apiSettings>,
  | 'waitingLayers'
  | 'uploadBytes'
  | 'uploads'
  | 'insecureHosts'
  | 'maxFeedAgeMillis'
  | 'reportBytes'
  | 'deadlines'
  | 'deadlineNoticeMillis'
>;

export interface ApiContext {
  readonly log: Log;
  readonly metrics: ProcessMetrics;
  /** The feed settings, as `configuredFeeds` reads them. */
  readonly feeds: FeedSettings;
}

/** The dependencies of an API's use cases, with all its settings. */
export function apiDependencies(
  config: DependencyConfig,
  { egress, layerEgress, webhooks, ...adapters }: Omit<ApiAdapters, 'close'> & Isolated,
  { log, metrics, feeds }: ApiContext,
): UseCaseDependencies {
  const matched = metrics.metric('clarion_match_duration_seconds');
  const { waitingLayers, uploadBytes, uploads, insecureHosts, reportBytes } = config;
  return {
    ...adapters,
    ...{ ownVulnerabilities, clarionVersion, buildId, log, referenceName },
    feeds: configuredFeeds(feeds),
    resolveImage: (reference, { credentials, ...options }) =>
      resolveImage(reference, {
        ...options,
        egress,
        insecureRegistries: insecureHosts,
        ...(credentials && { credentials: parseCredentials(JSON.stringify(credentials)) }),
      }),
    checkLayerUrls: (urls) => layerEgress.checkResolved(urls),
    sendWebhook: webhooks.send,
    checkReceiver: (receiver) => webhooks.checkReceiver(receiver),
    requestConsent: (receiver) => webhooks.requestConsent(receiver),
    formats: [...reportFormats, ...clairFormats],
    maxFeedAgeMinutes: config.maxFeedAgeMillis / 60_000,
    deadlines: deadlinePolicy(config),
    limits: { waitingLayers, uploadBytes, uploads, reportBytes },
    onMatched: (seconds) => {
      matched.observe(seconds);
    },
  };
}
