import type { Authenticator } from '@clarion/authentication';
import { endConnections, listenForConnections, serveHttp } from '@clarion/connections';
import { createDeadline } from '@clarion/deadlines';
import { createGrpcApi } from '@clarion/grpc-v1';
import { startGrpcServer } from '@clarion/grpc-server';
import type { Log } from '@clarion/model';
import { fileDescriptorSet } from '@clarion/proto';
import { createHttpServer } from '@clarion/http-engine';
import { clarionVersion } from '@clarion/release';
import { createRestApi } from '@clarion/rest-v1';
import { nameRequestSpan, observedCalls, servingTls, type ConfigOf, type Metrics } from '@clarion/service-runtime';
import type { UseCases } from '@clarion/use-cases';
import type { settings } from './config';

export interface FacesOptions {
  readonly config: ConfigOf<typeof settings>;
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborted when the process is asked to stop: streams end then. */
  readonly stopping: AbortSignal;
}

export interface Faces {
  readonly restPort: number;
  readonly grpcPort: number;
  /** Lets what is under way end; when `signal` aborts, cuts it off. */
  stop(signal: AbortSignal): Promise<void>;
}

/** Listens for REST and gRPC. */
export async function openFaces(options: FacesOptions): Promise<Faces> {
  const { config, useCases, authenticator, log, metrics, stopping } = options;
  const { host, jsonMillis, stallMillis, requestMillis } = config;
  const failures = metrics.metric('clarion_auth_failures_total');
  const onAuthenticationFailure = (method: string): void => {
    failures.inc({ method });
  };
  const tls = servingTls(config);
  const encrypted = tls === undefined ? {} : { tls };
  const rest = createHttpServer(
    createRestApi({
      ...{ useCases, authenticator, log, onAuthenticationFailure },
      version: clarionVersion,
      entrances: { grpc: `port ${config.grpcPort}`, introspection: `port ${config.introspectionPort}` },
      trustedProxies: config.trustedProxies,
      rate: { perSecond: config.requestsPerSecond, burst: config.requestsPerSecond * 4 },
      bodies: { archiveBytes: config.uploadBytes, jsonMillis, stallMillis, requestMillis },
      onRoute: nameRequestSpan,
      onRequest: observedRequests(metrics),
    }),
    { limits: config, ...encrypted },
  );
  const serve = serveHttp(rest);
  const grpc = await startGrpcServer({
    host,
    port: config.grpcPort,
    limits: config,
    ...createGrpcApi({
      ...{ useCases, authenticator, log, stopping, onAuthenticationFailure },
      trustedProxies: config.trustedProxies,
    }),
    descriptors: fileDescriptorSet(),
    onCall: observedCalls({ log, metrics }),
    ...encrypted,
  });
  const listening = await listenForConnections({ host, port: config.restPort, limits: config, serveWith: () => serve });
  const restPort = listening.port;
  log.info('Listening', { rest_port: restPort, grpc_port: grpc.port, tls: tls !== undefined });
  return {
    restPort,
    grpcPort: grpc.port,
    stop: async (signal) => {
      const cut = createDeadline(streamMillis, signal);
      await Promise.all([endConnections(listening, rest, cut.signal), grpc.stop(signal)]).finally(cut.clear);
    },
  };
}

/** Problems that say that a limit was hit, as `clarion_limits_hit_total` names it. */
const limitKinds: Readonly<Record<string, string>> = {
  'queue-full': 'queue',
  'too-many-requests': 'rate',
  'limit-exceeded': 'body',
};

function observedRequests(metrics: Metrics): NonNullable<Parameters<typeof createRestApi>[0]['onRequest']> {
  const seconds = metrics.metric('clarion_http_request_duration_seconds');
  const limits = metrics.metric('clarion_limits_hit_total');
  return ({ route, method, status, seconds: taken, code = '' }) => {
    seconds.observe({ route, method, code: String(status) }, taken);
    const kind = limitKinds[code];
    if (kind !== undefined) limits.inc({ kind });
  };
}

/** Streams of events have no end of their own: for so long their callers may still be told. */
const streamMillis = 2000;
