import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { metricTable, type MetricName } from '@clarion/service-runtime';
import {
  apiClient,
  buildImage,
  canStartRegistry,
  file,
  serviceNames,
  startFeedServer,
  startOtlpCollector,
  startRegistry,
  startServiceInstallation,
  type CollectedSpan,
  type FeedServer,
  type OtlpCollector,
  type RunningRegistry,
  startWebhookReceiver,
  type ServiceInstallation,
  type WebhookReceiver,
} from '@clarion/test-kit';
import { Client, credentials } from '@grpc/grpc-js';

const root = join(__dirname, '..', '..', '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const feed = 'debian-security-tracker';
const tenant = 'blue';
const tracker = read('tools/sample/feeds/debian-security-tracker/json');

function matchesOf(pattern: RegExp, lines: readonly string[]): RegExpExecArray[] {
  return lines.map((line) => pattern.exec(line)).filter((found) => found !== null);
}

/** The tracker with one more CVE for a package, fixed in a version that no image has. */
function withNewFlaw(): string {
  const document = JSON.parse(tracker) as Record<string, Record<string, unknown>>;
  const releases = { bookworm: { status: 'resolved', fixed_version: '99:1', urgency: 'high', repositories: {} } };
  return JSON.stringify({ ...document, openssl: { ...document['openssl'], 'CVE-2026-99999': { releases } } });
}

(canStartRegistry() ? describe : describe.skip)(
  'what six services report about themselves (needs docker-registry)',
  () => {
    let registry: RunningRegistry;
    let feeds: FeedServer;
    let collector: OtlpCollector;
    let receiver: WebhookReceiver;
    let installation: ServiceInstallation;
    const image = buildImage({
      layers: [
        [
          file('etc/os-release', read('tools/sample/images/debian/os-release')),
          file('var/lib/dpkg/status', read('tools/sample/images/debian/2-curl.status')),
        ],
      ],
      compression: 'gzip',
    });

    beforeAll(async () => {
      registry = await startRegistry({ auth: 'none' });
      await registry.pushImage('team/app', '1', image);
      feeds = await startFeedServer();
      feeds.put(`${feed}/json`, tracker);
      feeds.put('mirrored-at', new Date().toISOString());
      receiver = await startWebhookReceiver();
      collector = await startOtlpCollector();
      installation = await startServiceInstallation({
        feeds: { urls: Object.fromEntries(feedSources.map(({ id }) => [id, `${feeds.url}${id}/`])) },
        allowedHosts: [registry.host, new URL(feeds.url).host, receiver.host],
        variables: {
          CLARION_TENANT: tenant,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
          OTEL_BSP_SCHEDULE_DELAY: '100',
        },
      });
    }, 240_000);

    afterAll(async () => {
      await installation.stop();
      await collector.close();
      await receiver.close();
      await feeds.close();
      await registry.close();
    }, 120_000);

    const updated = async (): Promise<void> => {
      const { api } = installation;
      const lastSuccess = async () =>
        (await api.call('GET', '/feeds')).json.items.find(({ id }) => id === feed)?.lastSuccess;
      const before = await lastSuccess();
      expect((await api.call('POST', `/feeds/${feed}/update`)).status).toBe(202);
      await api.until('/feeds', ({ json }) =>
        json.items.some(({ id, lastSuccess: at }) => id === feed && at !== undefined && at !== before),
      );
    };

    it('is one trace from the request to the detectors and the database', async () => {
      await updated();
      const { api } = installation;
      const reference = `${registry.host}/team/app:1`;
      expect((await api.call('POST', '/images', { reference })).status).toBe(202);
      await api.until(`/images/${image.manifestDigest}?wait=10s`, ({ json }) => json.state === 'indexed');

      const request = await collector.until(({ name }) => name === 'POST /api/v1/images');
      expect(request).toMatchObject({ service: 'api-gateway', kind: 'server', parentSpanId: '' });
      const { traceId } = request;
      const child = (parent: CollectedSpan, of: Partial<CollectedSpan>): Promise<CollectedSpan> =>
        collector.until(
          (span) =>
            span.traceId === traceId &&
            span.parentSpanId === parent.spanId &&
            Object.entries(of).every(([member, value]) => span[member as keyof CollectedSpan] === value),
        );
      const publish = await child(request, { service: 'api-gateway', kind: 'producer', name: 'publish work.layer' });
      const process = await child(publish, {
        service: 'layer-extractor',
        kind: 'consumer',
        name: 'process work.layer',
      });
      for (const span of [publish, process]) expect(span.attributes['messaging.system']).toBe('nats');
      await child(process, { kind: 'producer', name: 'publish v1.image.indexed' });
      const stored = await child(process, { service: 'layer-extractor', name: 'update images' });
      expect(stored.attributes).toMatchObject({ 'db.system.name': 'mongodb', 'db.collection.name': 'images' });
      const detect = 'grpc.clarion.detector.v1.DetectorService/Detect';
      for (const service of ['feature-detector', 'namespace-detector']) {
        const served = await collector.until((span) => span.service === service && span.name === detect);
        expect(served).toMatchObject({ traceId, kind: 'server' });
        const call = await collector.until(({ spanId }) => spanId === served.parentSpanId);
        expect(call).toMatchObject({ service: 'layer-extractor', kind: 'client', parentSpanId: process.spanId });
      }
    });

    it('links the effects of a feed update to that update, and passes the trace on to webhook receivers', async () => {
      const { api } = installation;
      await api.call('POST', '/endpoints', { url: receiver.url, allowInsecure: true });
      feeds.put(`${feed}/json`, withNewFlaw());
      await updated();
      const { traceId, spanId, links } = await collector.until(({ name }) => name === 'process work.advisories');
      const publish = await collector.until((span) => span.spanId === links[0]?.spanId);
      expect(publish).toMatchObject({ service: 'feed-updater', name: 'publish work.advisories' });
      const update = await collector.until((span) => span.spanId === publish.parentSpanId);
      expect(update).toMatchObject({ name: 'process work.feed', traceId: publish.traceId });
      expect(traceId).not.toBe(publish.traceId);
      await collector.until((span) => span.traceId === traceId && span.name === 'publish v1.image.transition');

      const delivery = await collector.until((span) => span.service === 'notifier' && span.name === 'POST');
      expect(delivery).toMatchObject({ traceId, parentSpanId: spanId, kind: 'client' });
      const [webhook] = receiver.received;
      expect(webhook?.headers['traceparent']).toBe(`00-${traceId}-${delivery.spanId}-01`);
      const event = JSON.parse(webhook?.body ?? '') as { readonly traceparent: string };
      expect(event.traceparent).toBe(`00-${traceId}-${spanId}-01`);
    });

    it('has few span names: no digest, no tenant, no image name', () => {
      const names = new Set(collector.spans.map(({ name }) => name));
      for (const name of names) expect(name).not.toMatch(/sha256|[0-9a-f]{12}|blue|team|CVE-|debian/);
      expect(names.size).toBeLessThan(100);
      const sent = collector.spans.filter(({ attributes }) => attributes['messaging.system'] !== undefined);
      for (const { attributes } of sent) expect(JSON.stringify(attributes)).not.toMatch(/sha256|blue/);
      const texts = collector.spans.map(({ attributes }) => String(attributes['db.query.text'] ?? ''));
      expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(2000);
    });

    it('counts rejected requests, and makes no labels from untrusted input', async () => {
      const { api, grpcAddress } = installation;
      await apiClient(api.url, 'wrong').call('GET', '/feeds');
      await api.call('POST', '/images', { reference: '127.0.0.2:1/team/app:1' });
      await fetch(`${api.url}/made/up/${image.manifestDigest}`);
      const stranger = new Client(grpcAddress, credentials.createInsecure());
      const asIs = (bytes: Buffer): Buffer => bytes;
      await new Promise((resolve) => {
        stranger.makeUnaryRequest('/made.up/Method', asIs, asIs, Buffer.alloc(0), resolve);
      });
      stranger.close();
      const gateway = await installation.metrics('api-gateway');
      expect(gateway.get('clarion_auth_failures_total{method="static"}')).toBe(1);
      expect(gateway.get('clarion_egress_denied_total{reason="address"}')).toBe(1);
      expect(gateway.get('clarion_dlq_messages{stream="work",consumer="work.layer"}')).toBe(0);
      expect([...gateway.keys()].filter((sample) => sample.includes('made'))).toEqual([]);
      const extractor = await installation.metrics('layer-extractor');
      expect(extractor.get('clarion_scans_total{result="ok"}')).toBe(1);
      expect(extractor.get('clarion_layers_total{outcome="extracted"}')).toBe(1);
      expect(extractor.get('clarion_layer_bytes_total{kind="decompressed"}')).toBeGreaterThan(1000);
      expect(extractor.get(`clarion_registry_requests_total{registry="${registry.host}"}`)).toBeGreaterThan(0);
      const updater = await installation.metrics('feed-updater');
      expect(updater.get(`clarion_feed_age_seconds{source="${feed}"}`)).toBeLessThan(300);
      const notifier = await installation.metrics('notifier');
      expect(notifier.get('clarion_webhook_deliveries_total{outcome="ok"}')).toBe(1);
    });

    it('has metrics with help, type and few labels, and each of the table in some process', async () => {
      const seen = new Set<string>();
      for (const service of serviceNames) {
        const lines = (await installation.scrape(service)).trim().split('\n');
        const types = new Map<string, string>();
        for (const [, name = '', type = ''] of matchesOf(/^# TYPE (\w+) (\w+)$/, lines)) {
          expect(types.has(name)).toBe(false);
          types.set(name, type);
          expect(lines.filter((line) => line.startsWith(`# HELP ${name} `))).toHaveLength(1);
        }
        for (const [line = '', sample = '', labels = ''] of matchesOf(/^(\w+)(?:\{(.*)\})? \S+$/, lines)) {
          const family = types.has(sample) ? sample : sample.replace(/_(bucket|sum|count)$/, '');
          expect([line, types.has(family)]).toEqual([line, true]);
          expect(line).not.toMatch(/sha256|CVE-|blue/);
          if (!family.startsWith('clarion_')) continue;
          const row = metricTable[family as MetricName];
          const names = [...labels.matchAll(/(\w+)="/g)]
            .map(([, name]) => name)
            .filter((name) => name !== 'le')
            .sort();
          expect([family, types.get(family), names]).toEqual([family, row.type, [...row.labels].sort()]);
        }
        expect(types.get('clarion_build_info')).toBe('gauge');
        for (const name of types.keys()) seen.add(name);
        // Requests of strangers add none of them.
        expect(lines.length).toBeLessThan(2000);
      }
      // Those of TLS need it: tls.e2e.spec.ts reads them.
      const unseen = Object.keys(metricTable).filter((name) => !seen.has(name) && !name.startsWith('clarion_tls_'));
      expect(unseen).toEqual([]);
    });
  },
);
