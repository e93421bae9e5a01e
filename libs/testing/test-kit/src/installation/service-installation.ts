import { createHash, randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import type { TestCertificates } from '../certificates';
import type { Db } from 'mongodb';
import { dumpDatabase, restoreDatabase } from '../mongo-dump';
import { startMongoServer, type MongoServer } from '../mongo-server';
import { type ClusteredServer, type NatsCluster, startNatsCluster } from '../nats-cluster';
import { startNatsServer, type NatsServer } from '../nats-server';
import { bundleApps, startServiceProcess, type ServiceProcess } from '../service-process';
import { apiClient, type ApiClient } from './api-client';

/** The services, each with what it needs to have started before it can start. */
export const serviceNames = [
  'feature-detector',
  'namespace-detector',
  'layer-extractor',
  'feed-updater',
  'notifier',
  'api-gateway',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Six services, each in a separate process, with a separate NATS server and MongoDB server. */
export interface ServiceInstallation {
  readonly api: ApiClient;
  /** The API for another caller that may submit, with a separate token. */
  readonly otherCaller: ApiClient;
  readonly mongo: MongoServer;
  /** One server of NATS, or the three of a cluster. */
  readonly natsServers: readonly Pick<ClusteredServer, 'url' | 'kill' | 'start'>[];
  readonly grpcAddress: string;
  /** All that is in its database now, as lines for `ServiceInstallationOptions.database`. */
  dump(): Promise<readonly string[]>;
  /** The process of a service that runs now. */
  process(name: ServiceName): ServiceProcess;
  /** Kills a service (SIGKILL) and starts it again. */
  restart(name: ServiceName): Promise<void>;
  /** What `/metrics` of a service answers. */
  scrape(name: ServiceName): Promise<string>;
  /** Values of a service's metrics by name and labels in their text form. */
  metrics(name: ServiceName): Promise<ReadonlyMap<string, number>>;
  /** Stops all services and returns their exit codes. Then stops the servers. */
  stop(): Promise<Readonly<Record<string, number | null>>>;
}

export interface ServiceInstallationOptions {
  /** `CLARION_FEEDS`. */
  readonly feeds: unknown;
  readonly allowedHosts: readonly string[];
  /** All endpoints for callers use these, and require a client certificate. */
  readonly tls?: TestCertificates;
  /** Three NATS servers with three replicas of each stream, instead of one server. */
  readonly natsCluster?: boolean;
  /** Lines of a dump (`dumpDatabase`) that its database begins with. */
  readonly database?: readonly string[];
  /** Further variables of all services. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Further variables of one service. */
  readonly variablesOf?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
}

/** Bundles and starts everything. Nothing of it survives `stop`. */
export async function startServiceInstallation(options: ServiceInstallationOptions): Promise<ServiceInstallation> {
  bundleApps(...serviceNames);
  const startNats = options.natsCluster === true ? startNatsCluster : startNatsServer;
  const [mongo, nats] = await Promise.all([startMongoServer(), startNats()]);
  const database = `clarion_${randomBytes(6).toString('hex')}`;
  if (options.database !== undefined) await fillDatabase(mongo.freshUri(), database, options.database);
  const names = ['rest', 'grpc', 'feature', 'namespace', ...serviceNames];
  const ports = new Map(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const port = (name: string): string => String(ports.get(name));
  const [token, otherToken] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
  const shared = variablesOf({ options, mongo, nats, database, tokens: { spec: token, other: otherToken }, port });
  const own: Readonly<Record<ServiceName, Readonly<Record<string, string>>>> = {
    'feature-detector': { CLARION_GRPC_PORT: port('feature') },
    'namespace-detector': { CLARION_GRPC_PORT: port('namespace') },
    'layer-extractor': {},
    'feed-updater': {},
    notifier: {},
    'api-gateway': { CLARION_REST_PORT: port('rest'), CLARION_GRPC_PORT: port('grpc') },
  };
  const processes = new Map<ServiceName, ServiceProcess>();
  const start = async (name: ServiceName): Promise<void> => {
    const particular = { ...own[name], ...options.variablesOf?.[name] };
    const process = startServiceProcess(name, { ...shared, ...particular, CLARION_INTROSPECTION_PORT: port(name) });
    processes.set(name, process);
    await process.line('Started');
  };
  const process = (name: ServiceName): ServiceProcess => {
    const found = processes.get(name);
    if (found === undefined) throw new Error(`${name} was never started`);
    return found;
  };
  await Promise.all(serviceNames.map(start)).catch(async (error: unknown) => {
    // Nobody gets anything to stop.
    for (const one of processes.values()) one.kill('SIGKILL');
    await Promise.all([mongo.stop(), nats.stop()]);
    throw error;
  });
  const scrape = async (name: ServiceName): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port(name)}/metrics`)).text();
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port('rest')}`;
  return {
    api: apiClient(url, token, options.tls),
    otherCaller: apiClient(url, otherToken, options.tls),
    ...{
      mongo,
      natsServers: 'servers' in nats ? nats.servers : [nats],
      process,
      grpcAddress: `127.0.0.1:${port('grpc')}`,
    },
    dump: () => withDatabase(mongo.freshUri(), database, dumpDatabase),
    async restart(name) {
      process(name).kill('SIGKILL');
      await process(name).ended;
      await start(name);
    },
    scrape,
    metrics: async (name) => metricsOf(await scrape(name)),
    async stop() {
      const ended = serviceNames.map(async (name) => {
        process(name).kill('SIGTERM');
        return [name, await process(name).ended] as const;
      });
      const codes = Object.fromEntries(await Promise.all(ended));
      await Promise.all([mongo.stop(), nats.stop()]);
      return codes;
    },
  };
}

async function withDatabase<T>(uri: string, name: string, work: (db: Db) => Promise<T>): Promise<T> {
  const { MongoClient: Client } = await import('mongodb');
  const client = await new Client(uri).connect();
  try {
    return await work(client.db(name));
  } finally {
    await client.close();
  }
}

const fillDatabase = (uri: string, name: string, lines: readonly string[]): Promise<void> =>
  withDatabase(uri, name, (db) => restoreDatabase(db, lines));

interface ServiceEnvironment {
  readonly options: ServiceInstallationOptions;
  readonly mongo: MongoServer;
  readonly nats: NatsServer | NatsCluster;
  readonly database: string;
  /** The token of the administrator, and that of a scanner. */
  readonly tokens: { readonly spec: string; readonly other: string };
  readonly port: (name: string) => string;
}

function variablesOf({
  options,
  mongo,
  nats,
  database,
  tokens,
  port,
}: ServiceEnvironment): Readonly<Record<string, string>> {
  const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
  const scheme = options.tls === undefined ? '' : 'tls://';
  return {
    CLARION_MONGODB_URI: mongo.freshUri(),
    CLARION_MONGODB_DATABASE: database,
    CLARION_NATS_URL: 'urls' in nats ? nats.urls.join(',') : nats.url,
    ...('urls' in nats && { CLARION_NATS_REPLICAS: '3' }),
    CLARION_DETECTORS: ['feature', 'namespace'].map((name) => `${scheme}127.0.0.1:${port(name)}`).join(','),
    CLARION_SEALING_KEYS: randomBytes(32).toString('base64'),
    CLARION_TOKENS: `spec:administrator:${hashOf(tokens.spec)}\nother:scanner:${hashOf(tokens.other)}`,
    CLARION_FEEDS: JSON.stringify(options.feeds),
    CLARION_SCHEDULE: 'false',
    CLARION_EGRESS_ALLOWED_HOSTS: options.allowedHosts.join(','),
    CLARION_HOST: '127.0.0.1',
    CLARION_INTROSPECTION_HOST: '127.0.0.1',
    CLARION_PUBLIC_URL: `http://127.0.0.1:${port('rest')}`,
    CLARION_DRAIN: '0ms',
    ...(options.tls && tlsVariables(options.tls)),
    ...options.variables,
  };
}

function tlsVariables({ ca, server, client }: TestCertificates): Readonly<Record<string, string>> {
  return {
    CLARION_TLS_CERTIFICATE_FILE: server.certificate.path,
    CLARION_TLS_KEY_FILE: server.key.path,
    CLARION_TLS_CLIENT_CA_FILE: ca.path,
    CLARION_DETECTOR_CA_FILE: ca.path,
    CLARION_DETECTOR_CERTIFICATE_FILE: client.certificate.path,
    CLARION_DETECTOR_KEY_FILE: client.key.path,
  };
}

function metricsOf(text: string): ReadonlyMap<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** A free port. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  return port;
}
