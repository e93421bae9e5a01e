import { queryShape } from './query-shape';
import type { ProcessEnvironment } from './read-config';

/** What can be traced by itself; the bus traces its messages by its own code. */
export type InstrumentedModule = 'http' | 'grpc' | 'mongodb';

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  /** Must be called before these modules are loaded for the first time. */
  readonly instrument: readonly InstrumentedModule[];
  readonly env?: ProcessEnvironment;
}

export interface RunningTracing {
  readonly enabled: boolean;
  /** Sends pending spans; never throws. */
  shutdown(): Promise<void>;
}

const probes = /^\/(healthz|readyz|metrics)([?]|$)/;

/**
 * Starts OpenTelemetry if the standard variables enable it (`OTEL_EXPORTER_OTLP_ENDPOINT`,
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_TRACES_EXPORTER`); all other `OTEL_*` variables have their usual
 * meaning. The SDK takes a third of a second to load, so it is loaded only then.
 */
export async function startTracing(options: TracingOptions): Promise<RunningTracing> {
  const env = options.env ?? process.env;
  if (!isConfigured(env)) return { enabled: false, shutdown: () => Promise.resolve() };
  const { NodeSDK, resources } = await import('@opentelemetry/sdk-node');
  const instrumentations = [];
  for (const name of options.instrument) instrumentations.push(await instrumentation(name));
  const sdk = new NodeSDK({
    resource: resources.resourceFromAttributes({
      'service.name': env['OTEL_SERVICE_NAME'] ?? options.service,
      'service.version': options.version,
    }),
    instrumentations,
    // Metrics are scraped and logs are read from standard output unless configured otherwise.
    ...(env['OTEL_METRICS_EXPORTER'] === undefined && { metricReaders: [] }),
    ...(env['OTEL_LOGS_EXPORTER'] === undefined && { logRecordProcessors: [] }),
  });
  sdk.start();
  return {
    enabled: true,
    shutdown: () => sdk.shutdown().catch(() => undefined),
  };
}

function isConfigured(env: ProcessEnvironment): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_TRACES_EXPORTER'].some(
    (name) => (env[name] ?? '') !== '',
  );
}

async function instrumentation(name: InstrumentedModule) {
  switch (name) {
    case 'http': {
      const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
      return new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => probes.test(url ?? '') });
    }
    case 'grpc': {
      const { GrpcInstrumentation } = await import('@opentelemetry/instrumentation-grpc');
      return new GrpcInstrumentation();
    }
    case 'mongodb': {
      const { MongoDBInstrumentation } = await import('@opentelemetry/instrumentation-mongodb');
      return new MongoDBInstrumentation({ dbStatementSerializer: queryShape });
    }
  }
}
