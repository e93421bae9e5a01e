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

/** How NATS is reached and who asks. */
export interface NatsConnectionOptions {
  /** `nats://host:port` or `tls://host:port`, without credentials. */
  readonly natsUrl: readonly string[];
  /** Content of a credentials file (JWT and seed), or an NKEY seed alone. */
  readonly natsCredentials?: string | undefined;
  readonly natsToken?: string | undefined;
  /** PEM file of the authorities that servers are checked against. */
  readonly natsCa?: string | undefined;
  /** PEM files of a certificate that servers ask for, and of its key. */
  readonly natsCertificate?: string | undefined;
  readonly natsKey?: string | undefined;
}

export interface ConnectionBehaviour {
  readonly name: string;
  readonly log: Log;
  /** How long the first connection is tried. */
  readonly connectMillis: number;
}

const slowestReconnect = 5000;

/**
 * Connects, and from then on reconnects for ever. Throws `invalid-input` for addresses and credentials that make no
 * sense, `unauthorized` when the server refuses them, `upstream-unavailable` when there is no server.
 */
export async function connectNats(
  options: NatsConnectionOptions,
  { name, log, connectMillis }: ConnectionBehaviour,
): Promise<NatsConnection> {
  let reconnects = 0;
  const settings: NodeConnectionOptions = {
    name,
    servers: options.natsUrl.map((url) => serverOf(url)),
    authenticator: authenticators(options),
    ...tlsOf(options),
    maxReconnectAttempts: -1,
    // A server whose accounts are not loaded yet refuses everybody.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => {
      reconnects += 1;
      return Math.min(100 * 2 ** Math.min(reconnects, 10), slowestReconnect) * (0.5 + Math.random() / 2);
    },
    pingInterval: 20_000,
    maxPingOut: 2,
    timeout: 5000,
  };
  const connection = await firstConnection(settings, connectMillis);
  const reconnected = (): void => {
    reconnects = 0;
  };
  void tellStatus(connection, log, reconnected);
  return connection;
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
          remedy: 'Check CLARION_NATS_CREDENTIALS or CLARION_NATS_TOKEN',
        });
      }
      if (Date.now() + 500 > deadline) {
        const message = `NATS cannot be reached at ${String(settings.servers)} (${reason})`;
        throw new ClarionError('upstream-unavailable', message, {
          cause: error,
          remedy: 'Start a NATS server with JetStream, or set CLARION_NATS_URL',
        });
      }
    }
    await pause(500, never);
  }
}

/** Logs what becomes of the connection. */
async function tellStatus(connection: NatsConnection, log: Log, reconnected: () => void): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn('Connection to NATS lost', { server: status.server });
    if (status.type === 'reconnect') {
      reconnected();
      log.info('Connection to NATS is back', { server: status.server });
    }
    // The server sends its clients away, bit by bit; they find another one or wait for it to come back.
    if (status.type === 'ldm') log.info('NATS server is about to stop', { server: status.server });
    if (status.type === 'error') log.warn('NATS reports an error', { reason: status.error.message });
  }
}

function serverOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['nats:', 'tls:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new ClarionError('invalid-input', 'An address of NATS is none', {
      remedy: 'Write CLARION_NATS_URL as nats://host:4222 or tls://host:4222, several with commas between them',
    });
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new ClarionError('invalid-input', `The address of NATS at ${parsed.host} has credentials in it`, {
      remedy: 'Give them by CLARION_NATS_CREDENTIALS or CLARION_NATS_TOKEN: addresses are logged',
    });
  }
  return `${parsed.hostname}:${parsed.port === '' ? '4222' : parsed.port}`;
}

function authenticators({ natsCredentials, natsToken }: NatsConnectionOptions): Authenticator[] {
  const result: Authenticator[] = [];
  if (natsToken !== undefined) result.push(tokenAuthenticator(natsToken));
  if (natsCredentials === undefined) return result;
  const text = natsCredentials.trim();
  const bytes = new TextEncoder().encode(text);
  if (text.includes('BEGIN NATS USER JWT')) result.push(credsAuthenticator(bytes));
  else if (/^SU[A-Z2-7]{56}$/.test(text)) result.push(nkeyAuthenticator(bytes));
  else {
    throw new ClarionError(
      'invalid-input',
      'The credentials for NATS are neither a credentials file nor an NKEY seed',
      {
        remedy:
          'Set CLARION_NATS_CREDENTIALS_FILE to a .creds file of nsc, or to a file with a seed that begins with SU',
      },
    );
  }
  return result;
}

function tlsOf(options: NatsConnectionOptions): Pick<NodeConnectionOptions, 'tls'> {
  const { natsCa, natsCertificate, natsKey } = options;
  const isWanted = options.natsUrl.some((url) => url.startsWith('tls:')) || natsCa !== undefined;
  if (!isWanted && natsCertificate === undefined) return {};
  return {
    tls: {
      ...(natsCa !== undefined && { caFile: natsCa }),
      ...(natsCertificate !== undefined && { certFile: natsCertificate }),
      ...(natsKey !== undefined && { keyFile: natsKey }),
    },
  };
}
