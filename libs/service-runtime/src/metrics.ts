import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { metricTable, type LabelOf, type MetricName } from './metric-table';

type MetricOf<N extends MetricName> = (typeof metricTable)[N]['type'] extends 'counter'
  ? Counter<LabelOf<N>>
  : (typeof metricTable)[N]['type'] extends 'gauge'
    ? Gauge<LabelOf<N>>
    : Histogram<LabelOf<N>>;

/** What a scrape gets. */
export interface Scrape {
  readonly contentType: string;
  readonly body: string;
}

/** The metrics of a process: those of `metricTable`, and those of the process and its event loop. */
export interface Metrics {
  /** Made at the first call, so that a service shows only what it can count. */
  metric<N extends MetricName>(name: N): MetricOf<N>;
  /** Runs before every scrape, to set gauges. What it throws leaves them as they were. */
  beforeScrape(update: () => Promise<void>): void;
  /** In Prometheus' text format, or in OpenMetrics when `accept` asks for it. */
  scrape(accept?: string): Promise<Scrape>;
}

export interface MetricsOptions {
  readonly version: string;
  readonly revision?: string;
}

/** Creates a registry of its own: two services in one process do not meet. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const made = new Map<MetricName, unknown>();
  const updates: (() => Promise<void>)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const metric = <N extends MetricName>(name: N): MetricOf<N> => {
    const known = made.get(name) ?? makeMetric(name, registry);
    made.set(name, known);
    return known as MetricOf<N>;
  };
  metric('clarion_build_info').set(
    { version: options.version, revision: options.revision ?? '', node_version: process.version },
    1,
  );
  const render = async (open: boolean): Promise<Scrape> => {
    await Promise.allSettled(updates.map((update) => update()));
    registry.setContentType((open ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE) as never);
    return { contentType: registry.contentType, body: await registry.metrics() };
  };
  return {
    metric,
    beforeScrape: (update) => {
      updates.push(update);
    },
    scrape: (accept = '') => {
      // The content type is a property of the registry: one after the other.
      const next = last.then(() => render(accept.includes('application/openmetrics-text')));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

function makeMetric(name: MetricName, registry: Registry): unknown {
  const { type, help, labels } = metricTable[name];
  const options = { name, help, labelNames: labels as readonly string[], registers: [registry] };
  if (type === 'counter') return new Counter(options);
  if (type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(metricTable[name] as { buckets: readonly number[] }).buckets] });
}
