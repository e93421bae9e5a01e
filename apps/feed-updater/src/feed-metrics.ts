import type { FeedEvent } from '@clarion/feed-updating';
import type { FeedSource, Log, Store } from '@clarion/model';
import type { Metrics } from '@clarion/service-runtime';

export interface FeedMetricsDeps {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly store: Pick<Store, 'feedStates'>;
  readonly feeds: readonly FeedSource[];
  readonly now: () => Date;
}

/** Follows updates: durations, errors and log lines; ages and record counts are read from the store at each scrape. */
export function measureFeeds({ metrics, log, store, feeds, now }: FeedMetricsDeps): (event: FeedEvent) => void {
  const known = new Set(feeds.map(({ id }) => id));
  const started = new Map<string, number>();
  const records = metrics.metric('clarion_feed_records');
  const successes = metrics.metric('clarion_feed_last_success_timestamp_seconds');
  const ages = metrics.metric('clarion_feed_age_seconds');
  const durations = metrics.metric('clarion_feed_update_duration_seconds');
  const errors = metrics.metric('clarion_feed_update_errors_total');
  metrics.beforeScrape(async () => {
    for (const { feed, lastSuccess, statements } of await store.feedStates()) {
      if (!known.has(feed)) continue;
      records.set({ source: feed }, statements);
      if (lastSuccess === undefined) continue;
      const at = Date.parse(lastSuccess);
      successes.set({ source: feed }, at / 1000);
      ages.set({ source: feed }, (now().getTime() - at) / 1000);
    }
  });
  return (event) => {
    if (event.kind === 'started') started.set(event.feed, now().getTime());
    if (event.kind === 'document' && event.message !== undefined) {
      log.warn('A document of a feed was not applied', { ...event });
    }
    if (event.kind !== 'finished') return;
    const { feed, outcome, written, state } = event;
    const seconds = (now().getTime() - (started.get(feed) ?? now().getTime())) / 1000;
    durations.observe({ source: feed }, seconds);
    if (outcome === 'failed' || outcome === 'held') errors.inc({ source: feed });
    const { statements, problems, lastError } = state;
    log.info('Feed updated', { feed, outcome, seconds, ...written, statements, problems, last_error: lastError });
  };
}
