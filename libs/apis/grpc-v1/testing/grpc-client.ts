import {
  type CallOptions,
  ChannelCredentials,
  type Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { createAuthenticator, parseTokens } from '@clarion/authentication';
import { type ListeningGrpcServer, startGrpcServer } from '@clarion/grpc-server';
import type { Log } from '@clarion/model';
import { clarionV1, fileDescriptorSet, readRichStatus } from '@clarion/proto';
import type { UseCases } from '@clarion/use-cases';
import { createHash } from 'node:crypto';
import { createGrpcApi, type GrpcApiOptions as ApiOptions } from '../src';

const roles = ['reader', 'scanner', 'operator', 'administrator'] as const;
export type Caller = (typeof roles)[number] | 'nobody' | 'stranger';

/** An error as the caller sees it. */
export interface CallError {
  readonly status: number;
  readonly reason: string | undefined;
  readonly message: string;
  readonly retryAfterSeconds?: number;
  readonly violations?: readonly unknown[];
  readonly remedy?: string;
}

export type CallAnswer<T> = { readonly ok: T } | { readonly refused: CallError };

/** The API on a separate socket, and a client for each service. */
export interface TestedGrpcApi {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly server: ListeningGrpcServer;
  readonly images: clarionV1.ImageServiceClient;
  readonly vulnerabilities: clarionV1.VulnerabilityServiceClient;
  readonly feeds: clarionV1.FeedServiceClient;
  readonly history: clarionV1.HistoryServiceClient;
  readonly notifications: clarionV1.NotificationServiceClient;
  /** Errors that were logged. */
  readonly logged: unknown[];
  readonly failures: string[];
  stop(): void;
  close(): Promise<void>;
}

const tokenOf = (caller: Caller): string => `${caller}-token`;

export function metadataOf(caller: Caller): Metadata {
  const metadata = new Metadata();
  if (caller !== 'nobody') metadata.set('authorization', `Bearer ${tokenOf(caller)}`);
  return metadata;
}

export async function startGrpcApi(
  useCases: UseCases,
  more: Pick<ApiOptions, 'listeners'> = {},
): Promise<TestedGrpcApi> {
  const stopping = new AbortController();
  const logged: unknown[] = [];
  const failures: string[] = [];
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const tokens = parseTokens(roles.map((role) => `${role}:${role}:${sha256(tokenOf(role))}`).join('\n'));
  const quiet = (): void => undefined;
  const log: Log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (_, fields) => void logged.push(fields?.['error']),
  };
  const api = createGrpcApi({
    useCases,
    authenticator: createAuthenticator({ tokens: () => tokens, failures: { burst: 1000 } }),
    log,
    stopping: stopping.signal,
    onAuthenticationFailure: (method) => void failures.push(method),
    ...more,
  });
  const server = await startGrpcServer({ host: '127.0.0.1', port: 0, ...api, descriptors: fileDescriptorSet() });
  const clients: Client[] = [];
  const client = <C extends Client>(Stub: new (address: string, credentials: ChannelCredentials) => C): C => {
    const made = new Stub(`127.0.0.1:${server.port}`, ChannelCredentials.createInsecure());
    clients.push(made);
    return made;
  };
  return {
    address: `127.0.0.1:${server.port}`,
    server,
    images: client(clarionV1.ImageServiceClient),
    vulnerabilities: client(clarionV1.VulnerabilityServiceClient),
    feeds: client(clarionV1.FeedServiceClient),
    history: client(clarionV1.HistoryServiceClient),
    notifications: client(clarionV1.NotificationServiceClient),
    logged,
    failures,
    stop() {
      stopping.abort();
    },
    async close() {
      clients.forEach((one) => {
        one.close();
      });
      await server.stop(AbortSignal.abort());
    },
  };
}

export function errorOf(error: ServiceError): CallError {
  const rich = readRichStatus(error);
  return {
    status: error.code,
    reason: rich?.reason,
    message: error.details,
    ...(rich?.retryAfterSeconds !== undefined && { retryAfterSeconds: rich.retryAfterSeconds }),
    ...(rich?.violations !== undefined && { violations: rich.violations }),
    ...(rich?.remedy !== undefined && { remedy: rich.remedy }),
  };
}

/** Request and answer of a unary method, by the last of its signatures. */
type Shape<F> = F extends (
  request: infer Q,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: infer A) => void,
) => ClientUnaryCall
  ? { readonly request: Q; readonly answer: A }
  : never;

export interface CallRequest<Q> {
  readonly request: Q;
  readonly caller?: Caller;
  readonly deadlineMillis?: number;
}

/** Makes one call; resolves to the response or to the error as the caller sees it. */
export function ask<C extends Client, M extends keyof C>(
  client: C,
  method: M,
  { request, caller = 'administrator', deadlineMillis = 60_000 }: CallRequest<Shape<C[M]>['request']>,
): Promise<CallAnswer<Shape<C[M]>['answer']>> {
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, response: Shape<C[M]>['answer']): void => {
      resolve(error === null ? { ok: response } : { refused: errorOf(error) });
    };
    const call = client[method] as (...args: readonly unknown[]) => unknown;
    call.call(client, request, metadataOf(caller), { deadline: Date.now() + deadlineMillis }, done);
  });
}

/** The items of a stream until it ends, and the error that ends it. */
export async function readAll<A>(stream: ClientReadableStream<A>): Promise<{ items: A[]; refused?: CallError }> {
  const items: A[] = [];
  try {
    for await (const item of stream as AsyncIterable<A>) items.push(item);
    return { items };
  } catch (error) {
    return { items, refused: errorOf(error as ServiceError) };
  }
}
