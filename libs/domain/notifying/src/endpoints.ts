import { randomUUID } from 'node:crypto';
import { createDeadline } from '@clarion/deadlines';
import { ClarionError, type Endpoint, type SealedSecret, type SendWebhook, type EndpointStore } from '@clarion/model';
import { isSigningKey, type Sealer } from '@clarion/sealing';
import { checkEndpointInput, type EndpointInput } from './endpoint-input';
import { checkWebhookSecret, newWebhookSecret, verifyingKey } from './endpoint-secret';

export interface EndpointDeps {
  readonly store: EndpointStore;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
  readonly now: () => Date;
  /** Most endpoints there can be; default 1000. */
  readonly maxEndpoints?: number;
  /** Throws `egress-denied` for a receiver that may not be reached. */
  readonly checkReceiver?: (input: Pick<EndpointInput, 'url' | 'allowInsecure'>) => Promise<void>;
  /** Asks a receiver for its consent, where the caller wants that; throws when it does not give it. */
  readonly handshake?: (input: Pick<EndpointInput, 'url' | 'allowInsecure'>) => Promise<void>;
}

/** A webhook receiver as callers see it: without its secrets. */
export interface EndpointView extends Omit<Endpoint, 'secrets' | 'headers' | 'disabled'> {
  readonly disabled: NonNullable<Endpoint['disabled']> | null;
  /** How many secrets sign now. */
  readonly secrets: number;
  /** Public keys (`whpk_…`) of those that are key pairs. */
  readonly publicKeys: readonly string[];
  /** Names of the additional request headers, sorted. */
  readonly headers: readonly string[];
}

/** An endpoint with what its receiver verifies with: the secret, shown this once, or the public key of a key pair. */
export interface EndpointWithSecret {
  readonly endpoint: EndpointView;
  readonly secret: string;
}

const defaultMaxEndpoints = 1000;
const hourMillis = 3_600_000;
/** How long an exchanged secret still signs beside the new one. */
const overlapHours = 24;
const maxOverlapHours = 30 * 24;

/** Throws `not-found`. */
export async function endpointOf(id: string, store: Pick<EndpointStore, 'endpoint'>): Promise<Endpoint> {
  const endpoint = await store.endpoint(id);
  if (endpoint === undefined) throw unknownEndpoint(id);
  return endpoint;
}

function unknownEndpoint(id: string): ClarionError {
  return new ClarionError('not-found', `There is no endpoint ${id.slice(0, 100)}`);
}

/** Keeps a new endpoint. Throws `invalid-input`, `limit-exceeded`, and what the handshake throws. */
export async function createEndpoint(input: EndpointInput, deps: EndpointDeps): Promise<EndpointWithSecret> {
  checkEndpointInput(input);
  const { store, sealer, now, maxEndpoints = defaultMaxEndpoints } = deps;
  if ((await store.endpoints()).length >= maxEndpoints) {
    throw new ClarionError('limit-exceeded', `There are ${maxEndpoints} endpoints already`);
  }
  await deps.checkReceiver?.(input);
  if (input.handshake === true) await deps.handshake?.(input);
  const secret = input.secret ?? newWebhookSecret(input.signature);
  const endpoint: Endpoint = {
    id: randomUUID(),
    ...told(input),
    secrets: [{ secret: sealer.seal(secret) }],
    ...sealedHeaders(input.headers ?? {}, sealer),
    createdAt: now().toISOString(),
  };
  await store.putEndpoint(endpoint);
  return { endpoint: viewEndpoint(endpoint, deps), secret: verifyingKey(secret) };
}

/**
 * Replaces what is known of an endpoint. Headers that are left out stay, `{}` removes them; a new secret signs beside
 * the old one for a day. An endpoint that was disabled is enabled. Throws `not-found`, `invalid-input`, and what the
 * handshake throws.
 */
export async function updateEndpoint(id: string, input: EndpointInput, deps: EndpointDeps): Promise<EndpointView> {
  checkEndpointInput(input);
  const known = await endpointOf(id, deps.store);
  await deps.checkReceiver?.(input);
  if (input.handshake === true) await deps.handshake?.(input);
  const headers = input.headers === undefined ? keptHeaders(known) : sealedHeaders(input.headers, deps.sealer);
  const endpoint: Endpoint = {
    id,
    ...told(input),
    secrets:
      input.secret === undefined ? known.secrets : secretsWith(input.secret, known, { deps, hours: overlapHours }),
    ...headers,
    createdAt: known.createdAt,
  };
  await deps.store.putEndpoint(endpoint);
  return viewEndpoint(endpoint, deps);
}

/**
 * Gives an endpoint a new secret; the one before signs beside it for `hours` (default 24), so that the receiver can be
 * changed meanwhile. Throws `not-found`, `invalid-input`.
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

/** Disables an endpoint, so that nothing is sent to it, until it is enabled by an update. Throws `not-found`. */
export async function disableEndpoint(
  id: string,
  reason: string,
  { store, now }: Pick<EndpointDeps, 'now'> & { readonly store: Pick<EndpointStore, 'endpoint' | 'putEndpoint'> },
): Promise<void> {
  const known = await endpointOf(id, store);
  await store.putEndpoint({ ...known, disabled: { reason, at: now().toISOString() } });
}

/** Forgets an endpoint and its deliveries. Throws `not-found`. */
export async function removeEndpoint(id: string, { store }: Pick<EndpointDeps, 'store'>): Promise<void> {
  if (!(await store.removeEndpoint(id))) throw unknownEndpoint(id);
}

/** How the sending of a test event ended. */
export interface TestResult {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
}

/** Sends a test event to an endpoint now, disabled or not; nothing of it is kept. Throws `not-found`. */
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

/** An endpoint without what must not be shown. */
export function viewEndpoint(endpoint: Endpoint, { sealer, now }: Pick<EndpointDeps, 'sealer' | 'now'>): EndpointView {
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

/** The secrets that sign at a time, the current one first. */
export function currentSecrets(secrets: Endpoint['secrets'], now: Date): Endpoint['secrets'] {
  const time = now.toISOString();
  return secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > time);
}

function told({
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
  { secrets }: Endpoint,
  { deps, hours }: { readonly deps: EndpointDeps; readonly hours: number },
): Endpoint['secrets'] {
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + hours * hourMillis).toISOString();
  const older = currentSecrets(secrets, now).map((one) => ({ ...one, expiresAt: one.expiresAt ?? expiresAt }));
  return [{ secret: deps.sealer.seal(secret) }, ...currentSecrets(older, now)].slice(0, maxSecrets);
}

/** Who exchanges secrets faster than they expire does not make signatures without end. */
const maxSecrets = 3;

function keptHeaders({ headers }: Endpoint): { readonly headers?: SealedSecret } {
  return headers === undefined ? {} : { headers };
}

function sealedHeaders(
  headers: Readonly<Record<string, string>>,
  sealer: Pick<Sealer, 'seal'>,
): { readonly headers?: SealedSecret } {
  return Object.keys(headers).length === 0 ? {} : { headers: sealer.seal(JSON.stringify(headers)) };
}
