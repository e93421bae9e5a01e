/** Why a valid request cannot be served now. */
export type PreconditionCode =
  /** The image is queued or being indexed, or failed: there is nothing to report yet. */
  | 'not-indexed'
  /** More work waits than this installation accepts. */
  | 'queue-full'
  /** The limit of concurrent waiting calls is reached. */
  | 'too-many-requests';

/** A request that may succeed later without changes. */
export class PreconditionError extends Error {
  readonly code: PreconditionCode;
  /** When to retry. */
  readonly retryAfterSeconds: number;

  constructor(code: PreconditionCode, message: string, retryAfterSeconds: number) {
    super(message);
    this.name = 'PreconditionError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
