import {
  ClarionError,
  endpointHeaders,
  severities,
  notificationKinds,
  type ContentMode,
  type EndpointFilter,
  type EndpointMode,
  type WebhookSignature,
} from '@clarion/model';
import { checkWebhookSecret } from './endpoint-secret';
import { canBeNamespace, meantNamespace } from './namespace-pattern';
import { meantRepository } from './repository-pattern';

/** The settings of a webhook receiver, as given by the caller. */
export interface EndpointInput {
  /** https; http only with `allowInsecure`. Without user name, password and fragment. */
  readonly url: string;
  readonly mode: EndpointMode;
  readonly filter: EndpointFilter;
  readonly allowInsecure: boolean;
  readonly fullBody: boolean;
  /** For CloudEvents; the installation's default unless set. */
  readonly contentMode?: ContentMode;
  /** A Standard Webhooks secret: `whsec_…`, or `whsk_…` of a key pair. */
  readonly secret?: string;
  /** The signature of a new endpoint when no secret is given; default `v1`. */
  readonly signature?: WebhookSignature;
  /** Ask the receiver for its consent now (CloudEvents abuse protection). */
  readonly handshake?: boolean;
  /** Additional request headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

const maxUrl = 2048;
const maxPatterns = 100;
const maxPattern = 500;

/** Throws `invalid-input` for invalid settings. Whether the address may be reached is checked when it is contacted. */
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
  const url =
    text.length <= maxUrl && URL.canParse(text) ? new URL(text) : refuse('The URL of the endpoint is not a URL');
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
  if (transitions?.length === 0 || transitions?.some((kind) => !notificationKinds.includes(kind))) {
    refuse(`The filter names no transitions of ${notificationKinds.join(', ')}`);
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
  // A pattern that can match nothing would silence the endpoint for good.
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
