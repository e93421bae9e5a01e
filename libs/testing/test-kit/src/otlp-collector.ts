import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { until } from './until';

/** The position of a span in its trace: ids in lower-case hex. */
export interface CollectedSpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** One span as an exporter sent it. */
export interface CollectedSpan extends CollectedSpanContext {
  /** `service.name` of the process. */
  readonly service: string;
  readonly name: string;
  readonly kind: (typeof spanKinds)[number];
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly CollectedSpanContext[];
}

const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** A receiver of OTLP over HTTP with JSON bodies (`OTEL_EXPORTER_OTLP_PROTOCOL=http/json`), on the loopback address. */
export interface OtlpCollector {
  /** The value for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** The first span that passes, now or later; throws with the names of all spans after `seconds`. */
  until(passes: (span: CollectedSpan) => boolean, seconds?: number): Promise<CollectedSpan>;
  close(): Promise<void>;
}

/** Starts a collector; like a real one, it rejects everything except traces in JSON. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    receive(request, response, spans).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async until(passes, seconds = 30) {
      const names = (): string =>
        [...new Set(spans.map(({ service, kind, name }) => `${service}: ${kind} ${name}`))].sort().join('\n');
      let found: CollectedSpan | undefined;
      await until(
        () => `such a span; these came:\n${names()}`,
        () => (found = spans.find(passes)) !== undefined,
        { seconds, every: 50 },
      );
      return found!;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function receive(request: IncomingMessage, response: ServerResponse, spans: CollectedSpan[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  if (request.url !== '/v1/traces') return void response.writeHead(404).end();
  if (request.headers['content-type'] !== 'application/json') return void response.writeHead(415).end();
  const sent = Buffer.concat(chunks);
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  spans.push(...spansIn(JSON.parse(body.toString()) as ExportTraceServiceRequest));
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

/** https://github.com/open-telemetry/opentelemetry-proto: opentelemetry/proto/trace/v1/trace.proto, as JSON. */
interface ExportTraceServiceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan extends CollectedSpanContext {
  readonly name: string;
  readonly kind: number;
  readonly parentSpanId?: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly CollectedSpanContext[];
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
}

function spansIn({ resourceSpans }: ExportTraceServiceRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, kind, traceId, spanId, parentSpanId = '', attributes, links }) => ({
        ...{ service, name, traceId, spanId, parentSpanId },
        kind: spanKinds[kind] ?? 'unspecified',
        attributes: attributesOf(attributes),
        links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
      })),
    );
  });
}

/** Values of one type each: `{"stringValue": "nats"}`. No test needs lists or maps. */
function attributesOf(attributes: readonly KeyValue[]): CollectedSpan['attributes'] {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));
}
