import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import {
  type ChannelOptions,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, protoPath as healthProto } from 'grpc-health-check';
import {
  type ConnectionLimits,
  defaultCallerLimits,
  listenForConnections,
  type ServeConnection,
  type ServerTls,
  serveTls,
} from '@clarion/connections';
import { CallsUnderWay } from './calls-under-way';
import { type CallGuard, guardInterceptor } from './call-guard';
import { type AcceptingStreams, compressingInterceptor, noteAcceptingStreams } from './compress-answers';
import { boundedService, describedMessages, type MessageBounds } from './message-bounds';
import { type CallObserver, observeInterceptor } from './observe-calls';
import { receivingInterceptor } from './receiving';
import { requestDeadline } from './request-deadline';

/** A service and its handlers. */
export interface MountedService {
  /** Fully qualified: `clarion.v1.ImageService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /**
   * Limits for messages of its methods, by name in the definition. Default: 64 KiB and 1000 fields; no limit for
   * streams.
   */
  readonly bounds?: Readonly<Record<string, MessageBounds>>;
}

export interface GrpcServerOptions {
  readonly services: readonly MountedService[];
  /** A serialised FileDescriptorSet with these services, for reflection. */
  readonly descriptors: Uint8Array;
  /** Authorises a call before a message is read; health checks are always answered. Default: everyone is allowed. */
  readonly guard?: CallGuard;
  readonly onCall?: CallObserver;
  /** Whether messages of 1 KiB or more are sent as gzip to callers that accept it; no unless stated. */
  readonly compressed?: boolean;
  /** Maximum bytes of one message. Default: 4 MiB, as in gRPC. */
  readonly maxMessageBytes?: number;
  /** Those that are not stated are the table's (`connectionLimits`). */
  readonly limits?: Partial<GrpcLimits>;
}

/** What connections may take. Times in milliseconds. */
export interface GrpcLimits extends ConnectionLimits {
  /** A request must be there as a whole within this time; absent: callers are known, and may take their time. */
  readonly requestMillis: number;
  /** Longest pause within a message; no limit if absent. */
  readonly stallMillis: number;
  /** A connection without calls is closed after this time. Default: ten minutes. */
  readonly keepAliveMillis: number;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Absent: plain text. */
  readonly tls?: ServerTls;
}

/** A server for connections that other code has accepted. */
export interface GrpcServer {
  /** Serves a connection that was not read from yet. */
  inject(connection: Socket): void;
  /** Sets the status that `grpc.health.v1` reports for the server and each of its services. */
  setServing(serving: boolean): void;
  /** Reports "not serving", accepts no new calls and lets running calls end; when `signal` aborts, cancels them. */
  stop(signal: AbortSignal): Promise<void>;
}

export interface ListeningGrpcServer extends GrpcServer {
  readonly port: number;
}

const largestMetadata = 32 * 1024;
const largestMessage = 4 * 1024 * 1024;
/** Number of messages of the maximum size that may arrive in parallel, per connection and in total. */
const messagesOfConnection = 4;
const messagesInAll = 32;
/** Of probes and reflection. */
const largestOfAnybody = 16 * 1024;

/** Serves over gRPC, with health and reflection (v1 and v1alpha). Throws `invalid-input` when it cannot listen there. */
export async function startGrpcServer(options: GrpcServerOptions & ListenOptions): Promise<ListeningGrpcServer> {
  const { host, port, tls } = options;
  const limits = { ...defaultCallerLimits, ...options.limits };
  const server = createGrpcServer(options);
  const serve = (connection: Socket): void => {
    server.inject(connection);
  };
  const serveWith = (): ServeConnection => serve;
  const { headersMillis } = limits;
  const encrypted = tls && serveTls({ tls, protocols: ['h2'], headersMillis, serveWith });
  const listening = await listenForConnections({ host, port, limits, serveWith: () => encrypted ?? serve });
  return {
    ...server,
    port: listening.port,
    async stop(signal) {
      const closed = listening.close();
      await server.stop(signal);
      listening.destroy();
      await closed;
    },
  };
}

/** The same without its own port, for processes that serve another protocol on the same port. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { services, guard = () => undefined, onCall = () => undefined, limits = {} } = options;
  const maxMessageBytes = options.maxMessageBytes ?? largestMessage;
  const underWay = new CallsUnderWay();
  const receiving = {
    bytesOfConnection: messagesOfConnection * maxMessageBytes,
    bytesInAll: messagesInAll * maxMessageBytes,
    bytesOfAnybody: largestOfAnybody,
    stallMillis: limits.stallMillis,
    onCall: (stream: ServerHttp2Stream) => {
      underWay.begin(stream);
    },
  };
  const accepting: AcceptingStreams = new WeakSet();
  const [compressed, observed] = [compressingInterceptor(accepting), observeInterceptor(onCall)];
  // The first is nearest to the connection.
  const interceptors = [
    receivingInterceptor(receiving, (method, call) => observed(method, compressed(method, call))),
    ...(limits.requestMillis === undefined ? [] : [requestDeadline(limits.requestMillis)]),
    guardInterceptor(guard),
  ];
  const server = new Server({ ...channelOptions(options), interceptors });
  if (options.compressed === true) noteAcceptingStreams(server, accepting);
  const described = describedMessages(options.descriptors);
  for (const { definition, implementation, bounds = {} } of services) {
    server.addService(boundedService(definition, bounds, described), implementation);
  }
  const setServing = addHealth(server, services);
  addReflection(server, options);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    inject(connection) {
      injector.injectConnection(connection);
    },
    setServing,
    async stop(signal) {
      setServing(false);
      const force = (): void => {
        server.forceShutdown();
      };
      if (signal.aborted) force();
      signal.addEventListener('abort', force, { once: true });
      const ended = underWay.ended();
      // It only ever fails because the server is down already.
      await new Promise<void>((resolve) => {
        server.tryShutdown(() => {
          resolve();
        });
      });
      await ended;
      signal.removeEventListener('abort', force);
    },
  };
}

/**
 * Node limits the rest: stream resets (1000 at once, 33 per second; CVE-2023-44487), queued acknowledgements of pings
 * and settings (1000), CONTINUATION frames of one block (8) and entries of one SETTINGS frame (32).
 */
function channelOptions({ maxMessageBytes = largestMessage, limits = {} }: GrpcServerOptions): ChannelOptions {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.max_metadata_size': largestMetadata,
    'grpc.max_concurrent_streams': limits.streams ?? defaultCallerLimits.streams,
    // Memory limit of one connection in megabytes; without it there is no limit.
    'grpc-node.max_session_memory': 64,
    // Detects clients that vanished, and closes idle connections.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.max_connection_idle_ms': limits.keepAliveMillis ?? 600_000,
  };
}

function addHealth(server: Server, services: readonly MountedService[]): (serving: boolean) => void {
  const health = new HealthImplementation();
  const setServing = (serving: boolean): void => {
    for (const name of ['', ...services.map((service) => service.name)]) {
      health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  };
  setServing(true);
  health.addToServer(server);
  return setServing;
}

function addReflection(server: Server, { services, descriptors }: GrpcServerOptions): void {
  const names = [...services.map(({ name }) => name), 'grpc.health.v1.Health'];
  const described = { ...packageOf(descriptors), ...loadSync(healthProto, { keepCase: true }) };
  new ReflectionService(described, { services: names }).addToServer(server);
}

/**
 * The files of a descriptor set in the form that reflection needs. proto-loader would join the files of a package and
 * lose their imports, so that clients could not resolve types of other packages.
 */
function packageOf(descriptors: Uint8Array): PackageDefinition {
  const reader = new BinaryReader(descriptors);
  const fileDescriptorProtos: Buffer[] = [];
  while (reader.pos < reader.len) {
    // FileDescriptorSet has one field: repeated FileDescriptorProto file = 1.
    reader.tag();
    fileDescriptorProtos.push(Buffer.from(reader.bytes()));
  }
  return { files: { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos } } as never;
}
