import {
  ClarionError,
  endpointHeaders,
  severities,
  transitionKinds,
  type ContentMode,
  type EndpointFilter,
  type EndpointMode,
  type WebhookSignature,
} from '@clarion/model';
import { checkWebhookSecret } from './endpoint-secret';
import { canBeNamespace, meantNamespace } from './namespace-pattern';
import { meantRepository } from './repository-pattern';

/** What a caller says of a webhook receiver. */
export interface EndpointInput {
  /** https; http only with `allowInsecure`. Without user name, password and fragment. */
  readonly url: string;
  readonly mode: EndpointMode;
  readonly filter: EndpointFilter;
  readonly allowInsecure: boolean;
  readonly fullBody: boolean;
  /** Of CloudEvents; what the installation says unless set. */
  readonly contentMode?: ContentMode;
  /** A Standard Webhooks secret: `whsec_…`, or `whsk_…` of a key pair. */
  readonly secret?: string;
  /** What a new endpoint is signed with when no secret is given: `v1` unless set. */
  readonly signature?: WebhookSignature;
  /** Ask the receiver for its consent now (CloudEvents abuse protection). */
  readonly handshake?: boolean;
  /** Additional request headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

const maxUrl = 2048;
const maxPatterns = 100;
const maxPattern = 500;

/** Throws `invalid-input` for an endpoint that cannot be. Whether its address may be reached is told when it is. */
export function checkEndpointInput(input: EndpointInput): void {
  checkUrl(input);
  checkHeaders(input.headers ?? {});
  checkFilter(input.filter);
  if (input.secret !== undefined) checkWebhookSecret(input.secret);
}

function refuse(message: string): never {
  throw new ClarionError('invalid-input', message);
}

function checkUrl({ url: text, allowInsecure }: EndpointInput): void {
  const url = text.length <= maxUrl && URL.canParse(text) ? new URL(text) : refuse('The URL of the endpoint is no URL');
  if (url.protocol === 'http:' && !allowInsecure) {
    throw new ClarionError('invalid-input', 'The URL of the endpoint is plain http', {
      remedy: 'use https, or allow it with `allowInsecure`',
    });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('The URL of the endpoint is not https');
  if (url.username !== '' || url.password !== '') refuse('The URL of the endpoint carries a user name or password');
  if (url.hash !== '') refuse('The URL of the endpoint has a fragment');
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const entries = Object.entries(headers);
  const { max, name: namePattern, value: valuePattern } = endpointHeaders;
  if (entries.length > max) refuse(`An endpoint has at most ${max} headers`);
  for (const [name, value] of entries) {
    const shown = JSON.stringify(name.slice(0, 80));
    if (!namePattern.test(name)) refuse(`The header ${shown} cannot be set`);
    if (!valuePattern.test(value)) refuse(`The header ${shown} has a value that cannot be sent`);
  }
}

function checkFilter(filter: EndpointFilter): void {
  const { minSeverity, transitions, namespaces = [], repositories = [] } = filter;
  if (minSeverity !== undefined && !severities.includes(minSeverity)) refuse('The filter names no severity of the six');
  if (transitions?.length === 0 || transitions?.some((kind) => !transitionKinds.includes(kind))) {
    refuse(`The filter names no transitions of ${transitionKinds.join(', ')}`);
  }
  if (namespaces.length > maxPatterns || repositories.length > maxPatterns) {
    refuse(`A filter has at most ${maxPatterns} namespaces and repositories`);
  }
  for (const text of [...namespaces, ...repositories]) {
    if (text === '' || text.length > maxPattern) refuse('A namespace or repository of the filter is empty or too long');
  }
  if (namespaces.some((text) => text.slice(0, -1).includes('*'))) {
    refuse('A namespace of the filter has a `*` that is not at its end');
  }
  // What can match nothing would keep an endpoint silent for ever.
  for (const text of namespaces) {
    if (!canBeNamespace(text)) refuseUnmatched('namespace', text, meantNamespace(text) ?? 'debian:12');
  }
  for (const text of repositories) {
    const meant = meantRepository(text);
    if (meant !== text) refuseUnmatched('repository', text, meant ?? 'registry.example/team/app');
  }
}

function refuseUnmatched(what: 'namespace' | 'repository', text: string, meant: string): never {
  const shown = JSON.stringify(text.slice(0, 80));
  throw new ClarionError('invalid-input', `The ${what} ${shown} of the filter can match nothing`, {
    remedy: `write it as reports do, for example ${JSON.stringify(meant)}`,
  });
}
