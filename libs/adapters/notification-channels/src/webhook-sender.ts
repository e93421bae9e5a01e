import { createDeadline } from '@clarion/deadlines';
import {
  callerPorts,
  createEgress,
  type Egress,
  type EgressOptions,
  type EgressPolicy,
  type EgressRequest,
} from '@clarion/egress';
import {
  ClarionError,
  type NotificationEndpoint,
  type SendWebhook,
  type WebhookAnswer,
  type WebhookMessage,
} from '@clarion/model';
import type { Sealer } from '@clarion/sealing';
import { failedAnswer, readAnswer } from './webhook-answer';
import { messageId, type WebhookBody } from './webhook-body';
import { clairV1Body } from './clair-v1';
import { clairV4Body } from './clair-v4';
import { clairToken } from './clair-v4/token';
import { cloudEventBody } from './cloudevents';
import { standardWebhookHeaders } from './signing';
import { traced } from './trace';

export interface WebhookSenderOptions {
  readonly sealer: Pick<Sealer, 'open'>;
  /** Clarion's address as receivers reach it: source of events, and base of callbacks. */
  readonly publicUrl: string;
  /** Reachable addresses beyond public ones. Each endpoint decides about plain http. */
  readonly policy: Pick<EgressPolicy, 'allowedNetworks' | 'allowedHosts' | 'onlyHosts' | 'proxy' | 'userAgent'> & {
    /** Ports in addition to 80 and 443. */
    readonly ports?: readonly number[];
  };
  /** CloudEvents with attributes as headers, if an endpoint does not specify it. Default: structured. */
  readonly binary?: boolean;
  readonly clairV4?: {
    /**
     * Base address of notifications, with a slash at the end. Default: `/notifier/api/v1/notification/` of `publicUrl`.
     */
    readonly callbackBase?: string;
    /** Pre-shared key (base64), and the receivers (`host` or `host:port`) that a token is sent to. */
    readonly key?: string;
    readonly authorities?: readonly string[];
  };
  readonly now?: () => Date;
  readonly egress?: EgressOptions;
}

export interface WebhookSender {
  readonly send: SendWebhook;
  /** Rejects a receiver at registration, after name resolution: `egress-denied`, with the same text for all reasons. */
  checkReceiver(receiver: Pick<NotificationEndpoint, 'url' | 'allowInsecure'>): Promise<void>;
  /**
   * Asks a receiver for its consent (CloudEvents 1.0, webhooks §4): an OPTIONS request whose response must have our
   * origin, or `*`, in `WebHook-Allowed-Origin`. Throws `unauthorized` without consent, also if the receiver is
   * unreachable: the owner of an address is responsible for it. Otherwise throws the errors of the egress.
   */
  requestConsent(receiver: Pick<NotificationEndpoint, 'url' | 'allowInsecure'>): Promise<void>;
  close(): Promise<void>;
}

const connectMillis = 5000;
const answerMillis = 15_000;

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { policy, publicUrl, now = () => new Date() } = options;
  const base = publicUrl.replace(/\/+$/, '');
  const ports = callerPorts(policy.ports);
  const limits = { connectMillis, firstByteMillis: answerMillis, stallMillis: answerMillis, ...options.egress?.limits };
  const egressOptions = { ...options.egress, limits };
  const strict = createEgress({ ...policy, ports }, egressOptions);
  // Only for plain http: there it cannot make certificates of unknown authorities acceptable.
  const plain = createEgress({ ...policy, ports, insecureHosts: ['*'] }, egressOptions);
  const setup: Setup = { options, base, now, egressFor: (url) => (url.protocol === 'http:' ? plain : strict) };
  return {
    send: (endpoint, message, signal) => send({ endpoint, message, signal }, setup),
    checkReceiver: async (receiver) => {
      const url = new URL(receiver.url);
      refusePlain(url, receiver);
      await setup.egressFor(url).checkResolved([receiver.url]);
    },
    requestConsent: (receiver) => requestConsent(receiver, setup),
    close: async () => {
      await Promise.all([strict.close(), plain.close()]);
    },
  };
}

interface Setup {
  readonly options: WebhookSenderOptions;
  readonly base: string;
  readonly now: () => Date;
  readonly egressFor: (url: URL) => Egress;
}

interface Sending {
  readonly endpoint: NotificationEndpoint;
  readonly message: WebhookMessage;
  readonly signal: AbortSignal;
}

async function send({ endpoint, message, signal }: Sending, setup: Setup): Promise<WebhookAnswer> {
  const url = new URL(endpoint.url);
  const at = setup.now();
  const request = await requestOf({ endpoint, message, at }, setup);
  const secrets = secretsIn(request);
  try {
    refusePlain(url, endpoint);
    const traceparent = message.kind === 'notification' ? message.notification.traceparent : undefined;
    return await traced({ url, traceparent }, async (traceHeaders) => {
      const headers = { ...request.headers, ...traceHeaders };
      const once = { ...request, headers, maxRedirects: 0, idempotent: false, signal };
      return await readAnswer(await setup.egressFor(url).request(once), secrets);
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof ClarionError)) throw error;
    return failedAnswer(error, secrets);
  }
}

function refusePlain(url: URL, { allowInsecure }: Pick<NotificationEndpoint, 'allowInsecure'>): void {
  if (url.protocol !== 'http:' || allowInsecure) return;
  throw new ClarionError('egress-denied', `${url.host} may not be reached: plain http is not allowed`);
}

interface TimedMessage {
  readonly endpoint: NotificationEndpoint;
  readonly message: WebhookMessage;
  readonly at: Date;
}

async function requestOf({ endpoint, message, at }: TimedMessage, setup: Setup): Promise<EgressRequest> {
  const { sealer } = setup.options;
  const { body, headers } = await bodyOf({ endpoint, message, at }, setup);
  const time = at.toISOString();
  const secrets = endpoint.secrets
    .filter(({ expiresAt }) => expiresAt === undefined || expiresAt > time)
    .map(({ secret }) => sealer.open(secret));
  const own =
    endpoint.headers === undefined ? {} : (JSON.parse(sealer.open(endpoint.headers)) as Record<string, string>);
  const credentials = authorizationIn(own) ?? tokenFor(endpoint, at, setup.options);
  const others = Object.entries(own).filter(([name]) => name.toLowerCase() !== 'authorization');
  return {
    url: endpoint.url,
    method: 'POST',
    body,
    headers: {
      ...Object.fromEntries(others),
      ...headers,
      ...standardWebhookHeaders({ id: messageId(message), at, body }, secrets),
    },
    ...(credentials === undefined ? {} : { credentials }),
  };
}

async function bodyOf({ endpoint, message, at }: TimedMessage, { base, options }: Setup): Promise<WebhookBody> {
  const { clairV4 } = options;
  const binary = endpoint.contentMode === undefined ? options.binary === true : endpoint.contentMode === 'binary';
  switch (endpoint.mode) {
    case 'cloudevents':
      return cloudEventBody(message, { publicUrl: base, full: endpoint.fullBody, binary, now: at });
    case 'clair-v4':
      return clairV4Body(message, clairV4?.callbackBase ?? `${base}/notifier/api/v1/notification/`);
    case 'clair-v1':
      return clairV1Body(message);
  }
}

function authorizationIn(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

function tokenFor(
  { mode, url }: NotificationEndpoint,
  at: Date,
  { clairV4 }: WebhookSenderOptions,
): string | undefined {
  if (mode !== 'clair-v4' || clairV4?.key === undefined) return undefined;
  const { host, hostname } = new URL(url);
  const isListed = clairV4.authorities?.some((authority) => authority === host || authority === hostname) ?? false;
  return isListed ? `Bearer ${clairToken(clairV4.key, at)}` : undefined;
}

/** Values that a receiver could echo and that must stay secret; scheme names are not secret. */
function secretsIn({ headers = {}, credentials = '' }: EgressRequest): readonly string[] {
  const plain = /^(?:content-type|webhook-id|webhook-timestamp|ce-.*)$/;
  const values = Object.entries(headers).flatMap(([name, value]) =>
    plain.test(name) ? [] : [value, ...value.split(' ')],
  );
  return [...values, credentials, ...credentials.split(' ').slice(1)];
}

async function requestConsent(
  receiver: Pick<NotificationEndpoint, 'url' | 'allowInsecure'>,
  setup: Setup,
): Promise<void> {
  const url = new URL(receiver.url);
  refusePlain(url, receiver);
  const { host } = new URL(setup.base);
  const { signal, clear } = createDeadline(setup.options.egress?.limits?.firstByteMillis ?? answerMillis);
  const answer = await setup
    .egressFor(url)
    .request({
      url: receiver.url,
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': host },
      maxRedirects: 0,
      signal,
    })
    .catch((error: unknown) => {
      throw signal.aborted || isAway(error) ? noConsent(url, 'it gave no answer when it was asked', error) : error;
    })
    .finally(clear);
  await answer.discard();
  const allowed = answer.headers.get('webhook-allowed-origin')?.trim();
  if (answer.status >= 200 && answer.status < 300 && (allowed === '*' || allowed === host)) return;
  throw noConsent(url, `it did not allow ${host}`);
}

function isAway(error: unknown): boolean {
  return error instanceof ClarionError && error.code === 'upstream-unavailable';
}

function noConsent({ host }: URL, why: string, cause?: unknown): ClarionError {
  return new ClarionError('unauthorized', `${host} does not consent to webhooks: ${why}`, {
    remedy: 'let it answer OPTIONS with WebHook-Allowed-Origin, or do not ask it',
    cause,
  });
}
