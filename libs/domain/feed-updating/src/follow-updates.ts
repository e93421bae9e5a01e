import { currentAtOf } from '@clarion/reporting';
import { feedName, type FeedSource, type Log, type FeedStore } from '@clarion/model';
import type { FeedEvent } from './events';
import { feedCounts } from './feed-counts';
import { describeFailure, describePartial, feedHealth } from './feed-health';

/** A metric, as the metrics registry provides it. */
interface Gauge {
  set(labels: Readonly<Record<string, string>>, value: number): void;
}
interface Histogram {
  observe(labels: Readonly<Record<string, string>>, value: number): void;
}
interface Counter {
  inc(labels: Readonly<Record<string, string>>): void;
}

/** The metrics of a process about feeds. */
export interface FeedMetrics {
  readonly records: Gauge;
  readonly successes: Gauge;
  readonly ages: Gauge;
  readonly failing: Gauge;
  readonly missing: Gauge;
  readonly durations: Histogram;
  readonly errors: Counter;
  beforeScrape(work: () => Promise<void>): void;
}

export interface FollowDeps {
  readonly metrics: FeedMetrics;
  readonly log: Log;
  readonly store: Pick<FeedStore, 'feedStates'>;
  readonly feeds: readonly FeedSource[];
  readonly now: () => Date;
}

/**
 * Observes updates in every process that runs them: durations, errors and log lines. A failure is logged as a warning,
 * and as an error with its age once it lasts too long. Ages and record counts are read from the store at each scrape.
 */
export function followUpdates({ metrics, log, store, feeds, now }: FollowDeps): (event: FeedEvent) => void {
  const byId = new Map(feeds.map((feed) => [feed.id, feed]));
  const started = new Map<string, number>();
  metrics.beforeScrape(async () => {
    const states = new Map((await store.feedStates()).map((state) => [state.feed, state]));
    for (const feed of feeds) {
      const labels = { source: feedName(feed) };
      const state = states.get(feed.id);
      const { level } = feedHealth(feed, state, now());
      metrics.failing.set(labels, level === 'error' ? 2 : level === 'warning' ? 1 : 0);
      const { records } = feedCounts(state);
      if (records !== null) metrics.records.set(labels, records);
      const currentAt = state && currentAtOf(state);
      if (state?.lastSuccess === undefined || currentAt === undefined) continue;
      metrics.missing.set(labels, state.missing?.length ?? 0);
      metrics.successes.set(labels, Date.parse(state.lastSuccess) / 1000);
      metrics.ages.set(labels, (now().getTime() - Date.parse(currentAt)) / 1000);
    }
  });
  return (event) => {
    if (event.kind === 'started') started.set(event.feed, now().getTime());
    if (event.kind === 'document' && event.message !== undefined) {
      const { kind, feed, document, result, message } = event;
      log.warn('A document of a feed was not applied', { kind, feed, document, result, message });
    }
    if (event.kind !== 'finished') return;
    const source = byId.get(event.feed);
    const feed = source === undefined ? event.feed : feedName(source);
    const { result, written, state } = event;
    const seconds = (now().getTime() - (started.get(event.feed) ?? now().getTime())) / 1000;
    metrics.durations.observe({ source: feed }, seconds);
    const { statements: advisories, problems, lastError } = state;
    const { texts: records, ...others } = written;
    const facts = { feed, result, seconds, ...others, records, advisories, problems, last_error: lastError };
    const failure = source && describeFailure(source, state, now());
    if (source === undefined || failure === undefined) {
      const missing = source && describePartial(source, state);
      if (missing === undefined) log.info('Feed updated', facts);
      else log.warn('Feed updated in part', { ...facts, missing });
      return;
    }
    metrics.errors.inc({ source: feed });
    const { level, ageSeconds } = feedHealth(source, state, now());
    const fields = { ...facts, failure, age_seconds: ageSeconds, failing_since: state.failingSince };
    if (level === 'error') log.error('Feed has failed for too long', fields);
    else log.warn('Feed was not updated', fields);
  };
}
