import type { Server } from 'node:http';
import type { Authenticator } from '@clarion/authentication';
import {
  endConnections,
  isHttp2,
  listenForConnections,
  type ListeningPort,
  type ServeConnection,
  serveHttp,
  type FollowedTls,
  serveTls,
} from '@clarion/connections';
import { createDeadline } from '@clarion/deadlines';
import { createGrpcApi } from '@clarion/grpc-v1';
import { createGrpcServer, type GrpcServer, type GrpcServerOptions, startGrpcServer } from '@clarion/grpc-server';
import { createHttpApplication, createHttpServer } from '@clarion/http-engine';
import type { Log } from '@clarion/model';
import { fileDescriptorSet } from '@clarion/proto';
import { clarionVersion } from '@clarion/release';
import { createRestApi, renderProblem } from '@clarion/rest-v1';
import {
  nameRequestSpan,
  observedCalls,
  observeTls,
  servingTls,
  type ConfigOf,
  type ProcessEnvironment,
  type ProcessMetrics,
} from '@clarion/service-runtime';
import type { apiSettings } from '@clarion/settings';
import type { UseCases } from '@clarion/use-cases';
import { countAuthenticationFailures } from './count-authentication-failures';
import { observedRequests } from './observed-requests';
import { type DialectConfig, openDialects } from './open-dialects';

/** Ports to listen on; 0: the system chooses. One for both APIs, or one each. */
export type ApiPorts = { readonly both: number } | { readonly rest: number; readonly grpc: number };

/** The settings of an API that its servers use. */
type ServingConfig = DialectConfig &
  Pick<
    ConfigOf<typeof apiSettings>,
    'host' | 'tlsCertificate' | 'tlsKey' | 'tlsClientCa' | 'trustedProxies' | 'uploadBytes'
  >;

export interface ApisOptions {
  readonly config: ServingConfig;
  readonly ports: ApiPorts;
  /** Shown at the root of REST. */
  readonly introspectionPort: number;
  readonly useCases: UseCases;
  readonly authenticator: Authenticator;
  readonly log: Log;
  readonly metrics: ProcessMetrics;
  /** Aborted when the process is stopped: streams end then. */
  readonly stopping: AbortSignal;
  /** No other process serves APIs for the same store; others may unless stated. */
  readonly isAlone?: boolean;
  /** The environment that may name files with certificates; that of the process unless given. */
  readonly env?: ProcessEnvironment;
}

export interface ListeningApis {
  readonly restPort: number;
  /** The same port if both share one. */
  readonly grpcPort: number;
  /** Lets running requests finish; when `signal` aborts, cuts them off. */
  stop(signal: AbortSignal): Promise<void>;
}

/** Event streams are endless: their callers may still get events for so long. */
const streamMillis = 2000;

/** Listens for REST and gRPC, with all settings of an API, and measures their requests. */
export async function openApis(options: ApisOptions): Promise<ListeningApis> {
  const { config, ports, log, metrics, env } = options;
  const tls = servingTls(config, { observe: observeTls({ log, metrics }), ...(env && { env }) });
  const opened = await ('both' in ports ? onOnePort(ports.both, options, tls) : onTwoPorts(ports, options, tls));
  log.info('Listening', { rest_port: opened.restPort, grpc_port: opened.grpcPort, tls: tls !== undefined });
  const stopServers = async (signal: AbortSignal): Promise<void> => {
    await opened.stop(signal);
    tls?.close();
  };
  return { ...opened, stop: stopServers };
}

async function onOnePort(port: number, options: ApisOptions, tls: FollowedTls | undefined): Promise<ListeningApis> {
  const { config } = options;
  const http = restServer(options, 'this port');
  const grpc = createGrpcServer(grpcOptions(options));
  const ofHttp = serveHttp(http);
  const ofGrpc: ServeConnection = (socket) => {
    grpc.inject(socket);
  };
  const byFirstBytes = (first: Uint8Array): ServeConnection | undefined => {
    const spoken = isHttp2(first);
    return spoken === undefined ? undefined : spoken ? ofGrpc : ofHttp;
  };
  const { headersMillis } = config;
  // Callers of REST (curl, browsers) offer both, and REST speaks HTTP/1.1; those of gRPC offer h2 alone.
  const ofTls = tls && serveTls({ tls, protocols: ['http/1.1', 'h2'], headersMillis, serveWith: byFirstBytes });
  const serveWith = ofTls === undefined ? byFirstBytes : (): ServeConnection => ofTls;
  const listening = await listenForConnections({ host: config.host, port, limits: config, serveWith });
  return {
    restPort: listening.port,
    grpcPort: listening.port,
    stop: (signal) => stop({ listening, http, grpc, shared: true }, signal),
  };
}

async function onTwoPorts(
  ports: { readonly rest: number; readonly grpc: number },
  options: ApisOptions,
  tls: FollowedTls | undefined,
): Promise<ListeningApis> {
  const { config } = options;
  const { host } = config;
  const encrypted = tls === undefined ? {} : { tls };
  const grpc = await startGrpcServer({ host, port: ports.grpc, ...grpcOptions(options), ...encrypted });
  const http = restServer(options, `port ${grpc.port}`);
  const plain = serveHttp(http);
  const { headersMillis } = config;
  const serve = tls ? serveTls({ tls, protocols: ['http/1.1'], headersMillis, serveWith: () => plain }) : plain;
  const listening = await listenForConnections({ host, port: ports.rest, limits: config, serveWith: () => serve });
  return {
    restPort: listening.port,
    grpcPort: grpc.port,
    stop: (signal) => stop({ listening, http, grpc, shared: false }, signal),
  };
}

function restServer(options: ApisOptions, grpc: string): Server {
  const { config, useCases, authenticator, log, metrics, introspectionPort } = options;
  const { jsonMillis, stallMillis, requestMillis, requestsPerSecond, trustedProxies } = config;
  const api = createRestApi({
    ...{ useCases, authenticator },
    version: clarionVersion,
    entryPoints: { grpc, introspection: `port ${introspectionPort}` },
    rate: { perSecond: requestsPerSecond, burst: requestsPerSecond * 4 },
    bodies: { streamedBytes: config.uploadBytes, jsonMillis, stallMillis, requestMillis },
    onAuthenticationFailure: countAuthenticationFailures(metrics),
  });
  return createHttpServer(
    createHttpApplication({
      apis: [api, ...openDialects(options)],
      ...{ log, trustedProxies },
      renderError: renderProblem,
      onRoute: nameRequestSpan,
      onRequest: observedRequests(metrics),
    }),
    { limits: config },
  );
}

function grpcOptions({ config, useCases, authenticator, log, metrics, stopping }: ApisOptions): GrpcServerOptions {
  return {
    ...createGrpcApi({
      ...{ useCases, authenticator, log, stopping },
      trustedProxies: config.trustedProxies,
      onAuthenticationFailure: countAuthenticationFailures(metrics),
    }),
    limits: config,
    descriptors: fileDescriptorSet(),
    compressed: true,
    onCall: observedCalls({ log, metrics }),
  };
}

interface Open {
  readonly listening: ListeningPort;
  readonly http: Server;
  readonly grpc: GrpcServer;
  /** Both share one port. */
  readonly shared: boolean;
}

/** gRPC calls report their own end, and those on a separate port may finish. */
async function stop({ listening, http, grpc, shared }: Open, signal: AbortSignal): Promise<void> {
  const cut = createDeadline(streamMillis, signal);
  const grpcSignal = shared ? cut.signal : signal;
  await Promise.all([endConnections(listening, http, cut.signal), grpc.stop(grpcSignal)]).finally(cut.clear);
}
