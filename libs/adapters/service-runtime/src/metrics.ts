import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { metricTable, type LabelOf, type MetricName } from './metric-table';

type MetricOf<N extends MetricName> = (typeof metricTable)[N]['type'] extends 'counter'
  ? Counter<LabelOf<N>>
  : (typeof metricTable)[N]['type'] extends 'gauge'
    ? Gauge<LabelOf<N>>
    : Histogram<LabelOf<N>>;

/** The response to a scrape. */
export interface MetricsScrape {
  readonly contentType: string;
  readonly body: string;
}

/** The metrics of a process: those of `metricTable`, and those of the process and its event loop. */
export interface ProcessMetrics {
  /** Created at the first call, so that a service exposes only metrics that it uses. */
  metric<N extends MetricName>(name: N): MetricOf<N>;
  /** Runs before every scrape, to set gauges. If it throws, or takes more than two seconds, they keep their values. */
  beforeScrape(update: () => Promise<void>): void;
  /** In Prometheus' text format, or in OpenMetrics if `accept` requests it. */
  scrape(accept?: string): Promise<MetricsScrape>;
}

export interface MetricsOptions {
  readonly version: string;
  readonly revision?: string;
}

/** Creates a separate registry, so that two services in one process do not interfere. */
export function createMetrics(options: MetricsOptions): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const made = new Map<MetricName, unknown>();
  const updates: (() => Promise<void>)[] = [];
  const metric = <N extends MetricName>(name: N): MetricOf<N> => {
    const known = made.get(name) ?? makeMetric(name, registry);
    made.set(name, known);
    return known as MetricOf<N>;
  };
  metric('clarion_build_info').set(
    { version: options.version, revision: options.revision ?? '', node_version: process.version },
    1,
  );
  return {
    metric,
    beforeScrape: (update) => {
      updates.push(update);
    },
    async scrape(accept = '') {
      await atMost(slowestUpdate, Promise.allSettled(updates.map((update) => update())));
      const body = await registry.metrics();
      if (!accept.includes('application/openmetrics-text')) return { contentType: registry.contentType, body };
      return { contentType: Registry.OPENMETRICS_CONTENT_TYPE, body: asOpenMetrics(body) };
    },
  };
}

/** A scraper waits ten seconds as a rule; the other metrics must not be lost because a bus or a store is away. */
const slowestUpdate = 2000;

async function atMost(millis: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  await Promise.race([done, over]);
  clearTimeout(timer);
}

/**
 * The same samples in OpenMetrics, where a counter's family has no `_total` and there are no empty lines
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/). prom-client's own method renames the counters permanently,
 * so that the next scrape as Prometheus text lacks the `_total` of its samples.
 */
function asOpenMetrics(text: string): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\w+)_total counter$/gm)].map((found) => found[1]));
  const lines = text.split('\n').filter((line) => line !== '');
  const families = lines.map((line) =>
    line.replace(/^(# (?:TYPE|HELP) )(\w+)_total /, (whole, start: string, family: string) =>
      counters.has(family) ? `${start}${family} ` : whole,
    ),
  );
  return [...families, '# EOF', ''].join('\n');
}

function makeMetric(name: MetricName, registry: Registry): unknown {
  const { type, help, labels } = metricTable[name];
  const options = { name, help, labelNames: labels as readonly string[], registers: [registry] };
  if (type === 'counter') return new Counter(options);
  if (type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(metricTable[name] as { buckets: readonly number[] }).buckets] });
}

/** The metrics of feeds, for the process that updates them. */
export function feedMetrics(metrics: ProcessMetrics) {
  return {
    records: metrics.metric('clarion_feed_records'),
    successes: metrics.metric('clarion_feed_last_success_timestamp_seconds'),
    ages: metrics.metric('clarion_feed_age_seconds'),
    failing: metrics.metric('clarion_feed_failing'),
    missing: metrics.metric('clarion_feed_missing_documents'),
    durations: metrics.metric('clarion_feed_update_duration_seconds'),
    errors: metrics.metric('clarion_feed_update_errors_total'),
    beforeScrape: (update: () => Promise<void>) => {
      metrics.beforeScrape(update);
    },
  };
}
