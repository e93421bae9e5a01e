import type { Egress } from '@clarion/egress';
import { ClarionError } from '@clarion/model';
import { parseBounded, textMember } from '../json';
import { parseChallenges, type AuthChallenge } from './challenge';
import type { CredentialLookup, RegistryAuthentication } from './credential-lookup';

export interface AuthorizeRequest {
  readonly egress: Egress;
  /** Base URL of the registry that challenged. */
  readonly registry: URL;
  readonly repository: string;
  readonly lookup: CredentialLookup;
  readonly signal: AbortSignal | undefined;
}

const maxTokenAnswer = 1024 * 1024;
const clientId = 'clarion';

/**
 * Answers the challenges of a 401 with the value of an `Authorization` header. Bearer is preferred to Basic. Throws
 * `unauthorized` when there is nothing to answer with. https://distribution.github.io/distribution/spec/auth/
 */
export async function authorize(header: string, request: AuthorizeRequest): Promise<string> {
  const { lookup, registry } = request;
  const { credentials } = lookup;
  if (credentials?.kind === 'registry-token') return `Bearer ${credentials.token}`;
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
  if (bearer !== undefined) return `Bearer ${await fetchToken(bearer, request)}`;
  if (challenges.some(({ scheme }) => scheme === 'basic') && credentials?.kind === 'password') {
    return basic(credentials);
  }
  throw refused(registry, lookup, request.repository);
}

function basic(credentials: RegistryAuthentication & { readonly kind: 'password' }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** The error for a registry that does not let us read. */
export function refused(registry: URL, lookup: CredentialLookup, repository: string): ClarionError {
  const what = `${repository} on ${registry.host}`;
  const login = `log in first: docker login ${registry.host}`;
  const remedy = lookup.credentials === undefined ? login : 'check the spelling, and that this account may pull it';
  const note = lookup.note === undefined ? '' : ` (${lookup.note})`;
  return new ClarionError('unauthorized', `${what} does not exist or may not be read${note}`, { remedy });
}

async function fetchToken(challenge: AuthChallenge, request: AuthorizeRequest): Promise<string> {
  const { egress, registry, signal, lookup } = request;
  const realm = realmOf(challenge, registry);
  const service = challenge.parameters.get('service');
  const scope = `repository:${request.repository}:pull`;
  const credentials = mayHaveCredentials(realm, registry) ? lookup.credentials : undefined;
  const fields = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope });
  const common = { maxRedirects: 5, maxBytes: maxTokenAnswer, ...(signal === undefined ? {} : { signal }) };
  const answer =
    credentials?.kind === 'identity-token'
      ? await egress.request({ ...common, ...refreshForm(realm, fields, credentials.token) })
      : await egress.request({
          ...common,
          url: withQuery(realm, fields),
          ...(credentials?.kind === 'password' ? { credentials: basic(credentials) } : {}),
        });
  if (answer.status !== 200) {
    await answer.discard();
    if (answer.status === 429 || answer.status >= 500) {
      throw new ClarionError('upstream-unavailable', `The token service ${realm.host} answered ${answer.status}`);
    }
    throw refused(registry, lookup, request.repository);
  }
  const body = parseBounded(await answer.bytes(), `The answer of the token service ${realm.host}`);
  const token = textMember(body, 'token') ?? textMember(body, 'access_token');
  if (token === undefined || /[^\x21-\x7e]/.test(token)) {
    throw new ClarionError('corrupt-data', `The token service ${realm.host} answered without a token`);
  }
  return token;
}

/** The OAuth2 form of the token request; repeating it does no harm. */
function refreshForm(realm: URL, fields: URLSearchParams, token: string) {
  const form = new URLSearchParams(fields);
  form.set('grant_type', 'refresh_token');
  form.set('client_id', clientId);
  form.set('refresh_token', token);
  return {
    url: realm.href,
    method: 'POST',
    idempotent: true,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

function withQuery(realm: URL, fields: URLSearchParams): string {
  const url = new URL(realm);
  for (const [name, value] of fields) url.searchParams.append(name, value);
  return url.href;
}

/** The realm is data from the other side: an https registry cannot send us to plain http. */
function realmOf(challenge: AuthChallenge, registry: URL): URL {
  const text = challenge.parameters.get('realm') ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm === undefined) {
    throw new ClarionError(
      'corrupt-data',
      `${registry.host} names the token service "${text.slice(0, 200)}", which is not a URL`,
    );
  }
  if (registry.protocol === 'https:' && realm.protocol !== 'https:') {
    throw new ClarionError('egress-denied', `${registry.host} names the token service ${realm.host} without https`);
  }
  return realm;
}

/**
 * Whether the credentials of a registry may be sent to a realm: on the same host, or below the same registered domain.
 * Without the public suffix list a domain is assumed to have two labels, three under short second levels such as
 * `co.uk`.
 */
export function mayHaveCredentials(realm: URL, registry: URL): boolean {
  if (realm.hostname === registry.hostname) return true;
  const domain = registeredDomain(registry.hostname);
  return domain !== undefined && domain === registeredDomain(realm.hostname);
}

function registeredDomain(host: string): string | undefined {
  const labels = host.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  if (labels.length < 2 || /^\d+$/.test(top)) return undefined;
  const take = top.length === 2 && second.length <= 3 ? 3 : 2;
  return labels.length < take ? undefined : labels.slice(-take).join('.');
}
