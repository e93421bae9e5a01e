import { AuthenticationError } from '@clarion/authentication';
import { neutralDenial, neutralRemedy } from '@clarion/egress';
import { HttpError, type HttpCode, type RenderedError } from '@clarion/http-engine';
import { ClarionError, type ErrorCode } from '@clarion/model';
import { PreconditionError, type PreconditionCode } from '@clarion/use-cases';

/** Clair's word for a status; all others are `internal-error`. */
const words: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'not-found',
  405: 'method-not-allowed',
  429: 'too-many-requests',
};

const statuses: Readonly<Record<ErrorCode | PreconditionCode | HttpCode, number>> = {
  'invalid-input': 400,
  'limit-exceeded': 400,
  'egress-denied': 400,
  unsupported: 400,
  conflict: 400,
  'invalid-version': 400,
  'idempotency-mismatch': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'no-such-call': 404,
  'method-not-allowed': 405,
  timeout: 408,
  'history-pruned': 410,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  'queue-full': 429,
  'not-indexed': 404,
  internal: 500,
  'corrupt-data': 500,
  'digest-mismatch': 500,
  unauthorized: 500,
  'switched-off': 500,
  'upstream-unavailable': 503,
  'index-being-built': 503,
  'storage-unavailable': 503,
  'no-data': 503,
};

const retrySeconds = 5;

/** `{code, message}` in ASCII, as one client decodes it; an unknown caller gets no body at all. */
export function renderClairError(error: unknown): RenderedError {
  if (error instanceof AuthenticationError) return authentication(error);
  if (error instanceof HttpError) return rendered(error.code, error.message, error.headers);
  if (error instanceof PreconditionError) return rendered(error.code, error.message, retry(error.retryAfterSeconds));
  if (error instanceof ClarionError) {
    // The caller must not learn whether an internal address exists.
    const [message, remedy] =
      error.code === 'egress-denied' ? [neutralDenial, neutralRemedy] : [error.message, error.remedy];
    const headers = error.retryable || error.code === 'no-data' ? retry(retrySeconds) : {};
    return rendered(error.code, remedy === undefined ? message : `${message}; ${remedy}`, headers);
  }
  return rendered('internal', 'the request failed', {});
}

function retry(seconds: number): Readonly<Record<string, string>> {
  return { 'retry-after': String(seconds) };
}

function authentication({ retryAfterSeconds }: AuthenticationError): RenderedError {
  if (retryAfterSeconds !== undefined) {
    return rendered('too-many-requests', 'too many attempts failed', retry(retryAfterSeconds));
  }
  const headers = { 'www-authenticate': 'Bearer' };
  return { status: 401, code: 'unauthenticated', headers, mediaType: 'application/json', body: '' };
}

function rendered(
  code: keyof typeof statuses,
  message: string,
  headers: Readonly<Record<string, string>>,
): RenderedError {
  const status = statuses[code];
  const body = JSON.stringify({ code: words[status] ?? 'internal-error', message: inAscii(message) });
  return { status, code, headers, mediaType: 'application/json', body };
}

/** Clients decode some of these texts as ASCII. */
export function inAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 2000);
}
