import { AuthenticationError } from '@clarion/authentication';
import { type ErrorRenderer, HttpError, type RenderedError } from '@clarion/http-engine';
import { ClarionError } from '@clarion/model';
import { PreconditionError } from '@clarion/use-cases';
import { sentTypes } from './media-types';
import { messageOf } from './scan-failed';

/** A member of a scan request with the right JSON type and a value that cannot be used: 422, as Harbor expects. */
export class InvalidField extends ClarionError {
  constructor(message: string) {
    super('invalid-input', message);
  }
}

/** Everything else is 500: Harbor shows its users the message of the error body. */
const statuses: Readonly<Record<string, number>> = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'no-such-call': 404,
  'method-not-allowed': 405,
  timeout: 408,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  'queue-full': 429,
  unsupported: 501,
};

/** The error body of the adapter API, `{error: {message}}`: Harbor cannot parse any other. */
export const renderError: ErrorRenderer = (error) => {
  if (error instanceof AuthenticationError) return authenticationError(error);
  if (error instanceof InvalidField) return rendered(422, error.code, { message: error.message });
  if (error instanceof HttpError) return ofCode(error.code, { message: error.message, headers: error.headers });
  if (error instanceof PreconditionError) {
    const headers = { 'retry-after': String(error.retryAfterSeconds) };
    return ofCode(error.code, { message: error.message, headers });
  }
  if (error instanceof ClarionError) {
    return ofCode(error.code, { message: messageOf(error) });
  }
  return ofCode('internal', { message: messageOf(error) });
};

interface ErrorParts {
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function authenticationError({ retryAfterSeconds }: AuthenticationError): RenderedError {
  if (retryAfterSeconds !== undefined) {
    const headers = { 'retry-after': String(retryAfterSeconds) };
    return ofCode('too-many-requests', { message: 'Too many attempts failed', headers });
  }
  const message = 'The credential of the scanner registration is missing or not valid';
  return ofCode('unauthenticated', { message, headers: { 'www-authenticate': 'Basic realm="clarion"' } });
}

function ofCode(code: string, parts: ErrorParts): RenderedError {
  return rendered(statuses[code] ?? 500, code, parts);
}

function rendered(status: number, code: string, { message, headers = {} }: ErrorParts): RenderedError {
  return { status, code, headers, mediaType: sentTypes.error, body: JSON.stringify({ error: { message } }) };
}
