/** Seconds: from a match of milliseconds to a layer of minutes. */
const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const slow = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/**
 * All metrics of Clarion. Labels have few values each: never a digest, a repository, a vulnerability. Dashboards and
 * alert rules use these names, so metrics are only ever added.
 */
export const metricTable = {
  clarion_build_info: {
    type: 'gauge',
    help: 'Always 1; its labels identify the build',
    labels: ['version', 'revision', 'node_version'],
  },
  clarion_events_handled_total: {
    type: 'counter',
    help: 'Deliveries of work that were handled, by how they ended (ok, retry, refused)',
    labels: ['kind', 'outcome'],
  },
  clarion_event_duration_seconds: {
    type: 'histogram',
    help: 'Time that a handler took for one delivery',
    labels: ['kind'],
    buckets: slow,
  },
  clarion_scans_total: {
    type: 'counter',
    help: 'Submitted images that were read to the end (ok, incomplete, unsupported) or refused (failed)',
    labels: ['result'],
  },
  clarion_layers_total: {
    type: 'counter',
    help: 'Layers of submitted images (extracted, deduplicated, failed)',
    labels: ['outcome'],
  },
  clarion_layer_bytes_total: {
    type: 'counter',
    help: 'Bytes of layers that were read (compressed, decompressed)',
    labels: ['kind'],
  },
  clarion_layer_dedup_ratio: {
    type: 'gauge',
    help: 'Share of the layers since the start that were known and not opened',
    labels: [],
  },
  clarion_extract_duration_seconds: {
    type: 'histogram',
    help: 'Time to read one layer, detection included',
    labels: [],
    buckets: slow,
  },
  clarion_detect_duration_seconds: {
    type: 'histogram',
    help: 'Time that detection took for one layer',
    labels: ['detector'],
    buckets: slow,
  },
  clarion_match_duration_seconds: {
    type: 'histogram',
    help: 'Time to match one image with the advisories, for a report or its counts',
    labels: [],
    buckets: quick,
  },
  clarion_queue_lag: { type: 'gauge', help: 'Work that nobody has taken yet', labels: ['stream', 'consumer'] },
  clarion_queue_ack_pending: {
    type: 'gauge',
    help: 'Work that is taken and not done',
    labels: ['stream', 'consumer'],
  },
  clarion_queue_redeliveries_total: {
    type: 'counter',
    help: 'Deliveries of work to this process that were not the first one',
    labels: ['stream', 'consumer'],
  },
  clarion_dlq_messages: { type: 'gauge', help: 'Dead letters that are kept', labels: ['stream', 'consumer'] },
  clarion_dead_letters_total: { type: 'counter', help: 'Work that became a dead letter', labels: ['kind', 'code'] },
  clarion_feed_age_seconds: {
    type: 'gauge',
    help: 'Time since the feed was last known to be current',
    labels: ['source'],
  },
  clarion_feed_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the feed was last updated or found unchanged, in Unix time',
    labels: ['source'],
  },
  clarion_feed_update_duration_seconds: {
    type: 'histogram',
    help: 'Time that an update of a feed took',
    labels: ['source'],
    buckets: slow,
  },
  clarion_feed_update_errors_total: { type: 'counter', help: 'Updates of a feed that failed', labels: ['source'] },
  clarion_feed_failing: {
    type: 'gauge',
    help: '0 when the last update went well or none was tried, 1 when it failed, 2 when it has failed for too long',
    labels: ['source'],
  },
  clarion_feed_missing_documents: {
    type: 'gauge',
    help: 'Documents of a feed that are not where it is read from; absent when it was never loaded',
    labels: ['source'],
  },
  clarion_feed_records: {
    type: 'gauge',
    help: 'Advisories, descriptions and scores of a feed that are stored; absent when it was never loaded',
    labels: ['source'],
  },
  clarion_notifications_total: {
    type: 'counter',
    help: 'Transitions of images that were notified',
    labels: ['reason'],
  },
  clarion_webhook_deliveries_total: {
    type: 'counter',
    help: 'Attempts to deliver a webhook (ok, retry, dead, disabled)',
    labels: ['outcome'],
  },
  clarion_webhook_delivery_duration_seconds: {
    type: 'histogram',
    help: 'Time that one attempt to deliver a webhook took',
    labels: [],
    buckets: slow,
  },
  clarion_notification_latency_seconds: {
    type: 'histogram',
    help: 'Time from the change of an advisory to the first delivery of its notification',
    labels: [],
    buckets: slow,
  },
  clarion_limits_hit_total: {
    type: 'counter',
    help: 'What was refused or left out because of a limit (body, call, content, layer, queue, rate)',
    labels: ['kind'],
  },
  clarion_egress_denied_total: {
    type: 'counter',
    help: 'Outgoing connections that were refused, by rule (address, certificate, host, plain-http, port, scheme)',
    labels: ['reason'],
  },
  clarion_registry_requests_total: {
    type: 'counter',
    help: 'Responses of registries and of the hosts they redirect to, by host; after 50 hosts the others are counted as one',
    labels: ['registry'],
  },
  clarion_registry_throttled_total: { type: 'counter', help: 'Responses of registries with 429', labels: ['registry'] },
  clarion_auth_failures_total: { type: 'counter', help: 'Requests with wrong credentials', labels: ['method'] },
  clarion_tls_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the certificate in use ends, in Unix time, by what it is used for (detectors, mongodb, nats, serving)',
    labels: ['use'],
  },
  clarion_tls_reloads_total: {
    type: 'counter',
    help: 'Certificate files that were replaced while running (loaded, or rejected: those of before stay in use)',
    labels: ['use', 'outcome'],
  },
  clarion_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time to answer a request of the API',
    labels: ['method', 'route', 'code'],
    buckets: quick,
  },
  clarion_grpc_call_duration_seconds: {
    type: 'histogram',
    help: 'Time to answer a gRPC call',
    labels: ['method', 'code'],
    buckets: quick,
  },
} as const satisfies Record<string, MetricRow>;

interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

export type MetricName = keyof typeof metricTable;
export type LabelOf<N extends MetricName> = (typeof metricTable)[N]['labels'][number];
