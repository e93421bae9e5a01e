/** Codes of errors in HTTP itself, whatever the API. */
export type HttpCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'no-such-call'
  | 'method-not-allowed'
  | 'conflict'
  | 'idempotency-mismatch'
  | 'too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'timeout'
  | 'internal';

/** An error of HTTP itself, with the headers that its answer needs; an API decides how it is rendered. */
export class HttpError extends Error {
  readonly code: HttpCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HttpCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
    this.headers = headers;
  }
}
