import { setMaxListeners } from 'node:events';

import { type FollowedTls, followTls, type TlsObserver } from '@clarion/connections';
import { ClarionError, type Log } from '@clarion/model';
import {
  connect,
  credsAuthenticator,
  errors,
  nkeyAuthenticator,
  tokenAuthenticator,
  type Authenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';

import { describeFailure } from './failure';
import { pause } from './pause';

/** How to connect to NATS, and with which credentials. */
export interface NatsConnectionOptions {
  /** `nats://host:port` or `tls://host:port`, without credentials. */
  readonly natsUrl: readonly string[];
  /** Content of a credentials file (JWT and seed), or only an NKEY seed. Read at each connection. */
  readonly natsCredentials?: (() => string | undefined) | undefined;
  readonly natsToken?: (() => string | undefined) | undefined;
  /** PEM file of the authorities that servers are checked against. */
  readonly natsCa?: string | undefined;
  /** PEM files of a client certificate that servers request, and of its key. */
  readonly natsCertificate?: string | undefined;
  readonly natsKey?: string | undefined;
}

export interface ConnectionBehaviour {
  readonly name: string;
  readonly log: Log;
  /** How long the first connection is tried. */
  readonly connectMillis: number;
  /** Called when certificates were read, or could not be used. */
  readonly onTls?: TlsObserver | undefined;
}

/** Whether the server can be talked to, as the client sees it. */
export interface WatchedConnection {
  readonly connection: NatsConnection;
  /** Aborted when the present connection is lost; another one afterwards. */
  lost(): AbortSignal;
  /** Resolves when there is a connection, or with `signal`. */
  up(signal: AbortSignal): Promise<void>;
}

const slowestReconnect = 3000;

/**
 * Connects, and from then on always reconnects. Throws `invalid-input` for invalid addresses and credentials,
 * `unauthorized` when the server rejects them, `upstream-unavailable` when there is no server.
 */
export async function connectNats(
  options: NatsConnectionOptions,
  { name, log, connectMillis, onTls }: ConnectionBehaviour,
): Promise<WatchedConnection> {
  let lostAt: number | undefined;
  const certificates = followCertificates(options, onTls);
  const settings: NodeConnectionOptions = {
    name,
    servers: options.natsUrl.map((url) => serverOf(url)),
    authenticator: authenticators(options, log),
    ...tlsOf(options, certificates),
    maxReconnectAttempts: -1,
    // A server whose accounts are not loaded yet rejects all clients.
    ignoreAuthErrorAbort: true,
    // The client calls this twice per attempt, so a counter would grow too fast: the delay grows with the elapsed time.
    reconnectDelayHandler: () => {
      const gone = Date.now() - (lostAt ??= Date.now());
      return Math.min(Math.max(100, gone / 4), slowestReconnect) * (0.75 + Math.random() / 2);
    },
    pingInterval: 20_000,
    maxPingOut: 2,
    timeout: 5000,
  };
  const stopFollowing = (): void => {
    certificates?.close();
  };
  const connection = await firstConnection(settings, connectMillis).catch((error: unknown) => {
    stopFollowing();
    throw error;
  });
  void connection.closed().then(stopFollowing, stopFollowing);
  let lost = manyListeners();
  void watchStatus(connection, log, {
    lost: () => {
      lostAt = Date.now();
      lost.abort();
    },
    back: () => {
      const before = lost;
      lost = manyListeners();
      before.signal.dispatchEvent(new Event('back'));
    },
  });
  return {
    connection,
    lost: () => lost.signal,
    up: (signal) => (lost.signal.aborted ? eventOf(lost.signal, 'back', signal) : Promise.resolve()),
  };
}

/** Each message in flight adds a listener. */
function manyListeners(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Resolves with an event of `target`, or when `signal` aborts. */
function eventOf(target: EventTarget, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    const end = (): void => {
      target.removeEventListener(name, end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    target.addEventListener(name, end);
    signal.addEventListener('abort', end);
  });
}

async function firstConnection(settings: NodeConnectionOptions, connectMillis: number): Promise<NatsConnection> {
  const deadline = Date.now() + connectMillis;
  const never = new AbortController().signal;
  for (;;) {
    try {
      return await connect(settings);
    } catch (error) {
      const reason = describeFailure(error);
      if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
        throw new ClarionError('unauthorized', `NATS refuses the credentials (${reason})`, {
          cause: error,
          remedy: 'check CLARION_NATS_CREDENTIALS or CLARION_NATS_TOKEN',
        });
      }
      if (Date.now() + 500 > deadline) {
        const message = `NATS cannot be reached at ${String(settings.servers)} (${reason})`;
        throw new ClarionError('upstream-unavailable', message, {
          cause: error,
          remedy: 'start a NATS server with JetStream, or set CLARION_NATS_URL',
        });
      }
    }
    await pause(500, never);
  }
}

/** Logs what becomes of the connection. */
async function watchStatus(
  connection: NatsConnection,
  log: Log,
  notify: { readonly lost: () => void; readonly back: () => void },
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') {
      notify.lost();
      log.warn('Connection to NATS lost', { server: status.server });
    }
    if (status.type === 'reconnect') {
      notify.back();
      log.info('Connection to NATS is back', { server: status.server });
    }
    // The server disconnects its clients gradually; they connect to another server or wait for its return.
    if (status.type === 'ldm') log.info('NATS server is about to stop', { server: status.server });
    if (status.type === 'error') log.warn('NATS reports an error', { reason: status.error.message });
  }
}

function serverOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['nats:', 'tls:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new ClarionError('invalid-input', 'An address of NATS is not valid', {
      remedy: 'write CLARION_NATS_URL as nats://host:4222 or tls://host:4222, several with commas between them',
    });
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new ClarionError('invalid-input', `The address of NATS at ${parsed.host} has credentials in it`, {
      remedy: 'give them by CLARION_NATS_CREDENTIALS or CLARION_NATS_TOKEN: addresses are logged',
    });
  }
  return `${parsed.hostname}:${parsed.port === '' ? '4222' : parsed.port}`;
}

/** Throws `invalid-input` for credentials that cannot be used. */
function authenticators({ natsCredentials, natsToken }: NatsConnectionOptions, log: Log): Authenticator[] {
  return [renewed(() => tokenOf(natsToken?.()), log), renewed(() => credentialsOf(natsCredentials?.()), log)];
}

/** Reads the credentials at each connection; if they are invalid now, the previous ones are used. */
function renewed(read: () => Authenticator, log: Log): Authenticator {
  let current = read();
  return (nonce) => {
    try {
      current = read();
    } catch (error) {
      log.error('The credentials for NATS cannot be used; those of before still count', { error });
    }
    return current(nonce);
  };
}

const nobody: Authenticator = () => undefined;

function tokenOf(token: string | undefined): Authenticator {
  return token === undefined ? nobody : tokenAuthenticator(token);
}

function credentialsOf(credentials: string | undefined): Authenticator {
  if (credentials === undefined) return nobody;
  const text = credentials.trim();
  const bytes = new TextEncoder().encode(text);
  if (text.includes('BEGIN NATS USER JWT')) return credsAuthenticator(bytes);
  if (/^SU[A-Z2-7]{56}$/.test(text)) return nkeyAuthenticator(bytes);
  throw new ClarionError('invalid-input', 'The credentials for NATS are neither a credentials file nor an NKEY seed', {
    remedy: 'set CLARION_NATS_CREDENTIALS_FILE to a .creds file of nsc, or to a file with a seed that begins with SU',
  });
}

function followCertificates(options: NatsConnectionOptions, onTls?: TlsObserver): FollowedTls | undefined {
  const { natsCa: ca, natsCertificate: certificate, natsKey: key } = options;
  if (ca === undefined && certificate === undefined) return undefined;
  return followTls(
    {
      use: 'nats',
      ...(ca !== undefined && { ca: { file: ca } }),
      ...(certificate !== undefined && { certificate: { file: certificate } }),
      ...(key !== undefined && { key: { file: key } }),
    },
    onTls,
  );
}

function tlsOf({ natsUrl }: NatsConnectionOptions, certificates?: FollowedTls): Pick<NodeConnectionOptions, 'tls'> {
  if (certificates === undefined) return natsUrl.some((url) => url.startsWith('tls:')) ? { tls: {} } : {};
  // The client reads these members for each connection.
  const current = Object.fromEntries(
    (['ca', 'cert', 'key'] as const).map((member) => [
      member,
      { enumerable: true, get: (): string | undefined => certificates.material[member] },
    ]),
  );
  return { tls: Object.defineProperties({}, current) };
}
