import { randomUUID } from 'node:crypto';
import { createDeadline } from '@clarion/deadlines';
import {
  ClarionError,
  type NotificationEndpoint,
  type SealedSecret,
  type SendWebhook,
  type EndpointStore,
} from '@clarion/model';
import { isSigningKey, type Sealer } from '@clarion/sealing';
import { checkEndpointInput, type EndpointInput } from './endpoint-input';
import { checkWebhookSecret, newWebhookSecret, verifyingKey } from './endpoint-secret';

export interface EndpointDeps {
  readonly store: EndpointStore;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
  readonly now: () => Date;
  /** The maximum number of endpoints; default 1000. */
  readonly maxEndpoints?: number;
  /** Throws `egress-denied` for a receiver that may not be reached. */
  readonly checkReceiver?: (input: Pick<EndpointInput, 'url' | 'allowInsecure'>) => Promise<void>;
  /** Asks a receiver for its consent if the caller requests it; throws if the receiver does not consent. */
  readonly handshake?: (input: Pick<EndpointInput, 'url' | 'allowInsecure'>) => Promise<void>;
}

/** A webhook receiver as callers see it, without its secrets. */
export interface EndpointView extends Omit<NotificationEndpoint, 'secrets' | 'headers' | 'disabled'> {
  readonly disabled: NonNullable<NotificationEndpoint['disabled']> | null;
  /** How many secrets currently sign. */
  readonly secrets: number;
  /** Public keys (`whpk_…`) of those that are key pairs. */
  readonly publicKeys: readonly string[];
  /** Names of the additional request headers, sorted. */
  readonly headers: readonly string[];
}

/**
 * An endpoint with the key that its receiver verifies with: the secret, shown only this once, or the public key of a
 * key pair.
 */
export interface EndpointWithSecret {
  readonly endpoint: EndpointView;
  readonly secret: string;
}

const defaultMaxEndpoints = 1000;
const hourMillis = 3_600_000;
/** How long a rotated secret still signs in addition to the new one. */
const overlapHours = 24;
const maxOverlapHours = 30 * 24;

/** Throws `not-found`. */
export async function endpointOf(id: string, store: Pick<EndpointStore, 'endpoint'>): Promise<NotificationEndpoint> {
  const endpoint = await store.endpoint(id);
  if (endpoint === undefined) throw unknownEndpoint(id);
  return endpoint;
}

function unknownEndpoint(id: string): ClarionError {
  return new ClarionError('not-found', `There is no endpoint ${id.slice(0, 100)}`);
}

/** Stores a new endpoint. Throws `invalid-input`, `limit-exceeded`, and the errors of the handshake. */
export async function createEndpoint(input: EndpointInput, deps: EndpointDeps): Promise<EndpointWithSecret> {
  checkEndpointInput(input);
  const { store, sealer, now, maxEndpoints = defaultMaxEndpoints } = deps;
  if ((await store.endpoints()).length >= maxEndpoints) {
    throw new ClarionError('limit-exceeded', `There are ${maxEndpoints} endpoints already`);
  }
  await deps.checkReceiver?.(input);
  if (input.handshake === true) await deps.handshake?.(input);
  const secret = input.secret ?? newWebhookSecret(input.signature);
  const endpoint: NotificationEndpoint = {
    id: randomUUID(),
    ...storedSettings(input),
    secrets: [{ secret: sealer.seal(secret) }],
    ...sealedHeaders(input.headers ?? {}, sealer),
    createdAt: now().toISOString(),
  };
  await store.putEndpoint(endpoint);
  return { endpoint: viewEndpoint(endpoint, deps), secret: verifyingKey(secret) };
}

/**
 * Replaces the settings of an endpoint. Omitted headers stay, `{}` removes them; a new secret signs in addition to the
 * old one for a day. A disabled endpoint is enabled. Throws `not-found`, `invalid-input`, and the errors of the
 * handshake.
 */
export async function updateEndpoint(id: string, input: EndpointInput, deps: EndpointDeps): Promise<EndpointView> {
  checkEndpointInput(input);
  const known = await endpointOf(id, deps.store);
  await deps.checkReceiver?.(input);
  if (input.handshake === true) await deps.handshake?.(input);
  const headers = input.headers === undefined ? keptHeaders(known) : sealedHeaders(input.headers, deps.sealer);
  const endpoint: NotificationEndpoint = {
    id,
    ...storedSettings(input),
    secrets:
      input.secret === undefined ? known.secrets : secretsWith(input.secret, known, { deps, hours: overlapHours }),
    ...headers,
    createdAt: known.createdAt,
  };
  await deps.store.putEndpoint(endpoint);
  return viewEndpoint(endpoint, deps);
}

/**
 * Sets a new secret for an endpoint. The previous one also signs for `hours` (default 24), so that the receiver can be
 * reconfigured in the meantime. Throws `not-found`, `invalid-input`.
 */
export async function rotateSecret(
  id: string,
  options: { readonly secret?: string; readonly hours?: number },
  deps: EndpointDeps,
): Promise<EndpointWithSecret> {
  const { secret = newWebhookSecret(), hours = overlapHours } = options;
  checkWebhookSecret(secret);
  if (!(hours >= 0 && hours <= maxOverlapHours)) {
    throw new ClarionError('invalid-input', `Secrets overlap for 0 to ${maxOverlapHours} hours`);
  }
  const known = await endpointOf(id, deps.store);
  const endpoint = { ...known, secrets: secretsWith(secret, known, { deps, hours }) };
  await deps.store.putEndpoint(endpoint);
  return { endpoint: viewEndpoint(endpoint, deps), secret: verifyingKey(secret) };
}

/** Disables an endpoint: nothing is sent to it until an update enables it. Throws `not-found`. */
export async function disableEndpoint(
  id: string,
  reason: string,
  { store, now }: Pick<EndpointDeps, 'now'> & { readonly store: Pick<EndpointStore, 'endpoint' | 'putEndpoint'> },
): Promise<void> {
  const known = await endpointOf(id, store);
  await store.putEndpoint({ ...known, disabled: { reason, at: now().toISOString() } });
}

/** Removes an endpoint and its deliveries. Throws `not-found`. */
export async function removeEndpoint(id: string, { store }: Pick<EndpointDeps, 'store'>): Promise<void> {
  if (!(await store.removeEndpoint(id))) throw unknownEndpoint(id);
}

/** The result of a test event. */
export interface TestResult {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
}

/** Sends a test event to an endpoint now, even if it is disabled; nothing of it is stored. Throws `not-found`. */
export async function testEndpoint(
  id: string,
  deps: { readonly store: Pick<EndpointStore, 'endpoint'>; readonly send: SendWebhook; readonly signal?: AbortSignal },
): Promise<TestResult> {
  const endpoint = await endpointOf(id, deps.store);
  const message = { kind: 'test', id: randomUUID() } as const;
  const { signal, clear } = createDeadline(testMillis, deps.signal);
  try {
    const { status, error } = await deps.send(endpoint, message, signal);
    return { delivered: status !== null && status >= 200 && status < 300, status, error };
  } finally {
    clear();
  }
}

const testMillis = 30_000;

/** An endpoint without its secret values. */
export function viewEndpoint(
  endpoint: NotificationEndpoint,
  { sealer, now }: Pick<EndpointDeps, 'sealer' | 'now'>,
): EndpointView {
  const { secrets, headers, disabled = null, ...rest } = endpoint;
  const signing = currentSecrets(secrets, now()).map(({ secret }) => sealer.open(secret));
  return {
    ...rest,
    disabled,
    secrets: signing.length,
    publicKeys: signing.filter(isSigningKey).map(verifyingKey),
    headers: headers === undefined ? [] : Object.keys(JSON.parse(sealer.open(headers)) as object).sort(),
  };
}

/** The secrets that sign at a given time, the current one first. */
export function currentSecrets(secrets: NotificationEndpoint['secrets'], now: Date): NotificationEndpoint['secrets'] {
  const time = now.toISOString();
  return secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > time);
}

function storedSettings({
  url,
  mode,
  filter,
  allowInsecure,
  fullBody,
  contentMode,
}: EndpointInput): Omit<EndpointInput, 'secret' | 'headers' | 'signature' | 'handshake'> {
  return { url, mode, filter, allowInsecure, fullBody, ...(contentMode === undefined ? {} : { contentMode }) };
}

function secretsWith(
  secret: string,
  { secrets }: NotificationEndpoint,
  { deps, hours }: { readonly deps: EndpointDeps; readonly hours: number },
): NotificationEndpoint['secrets'] {
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + hours * hourMillis).toISOString();
  const older = currentSecrets(secrets, now).map((one) => ({ ...one, expiresAt: one.expiresAt ?? expiresAt }));
  return [{ secret: deps.sealer.seal(secret) }, ...currentSecrets(older, now)].slice(0, maxSecrets);
}

/** Limits the number of signatures when secrets are rotated faster than they expire. */
const maxSecrets = 3;

function keptHeaders({ headers }: NotificationEndpoint): { readonly headers?: SealedSecret } {
  return headers === undefined ? {} : { headers };
}

function sealedHeaders(
  headers: Readonly<Record<string, string>>,
  sealer: Pick<Sealer, 'seal'>,
): { readonly headers?: SealedSecret } {
  return Object.keys(headers).length === 0 ? {} : { headers: sealer.seal(JSON.stringify(headers)) };
}
