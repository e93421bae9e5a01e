/** Why a use case cannot be done now although nothing is wrong with the request. */
export type PreconditionCode =
  /** The image is queued or being indexed, or failed: there is nothing to report yet. */
  | 'not-indexed'
  /** More work waits than this installation accepts. */
  | 'queue-full'
  /** As many wait at the same time as may. */
  | 'too-many-requests';

/** A request that may succeed later as it is. */
export class PreconditionError extends Error {
  readonly code: PreconditionCode;
  /** When it is worth asking again. */
  readonly retryAfterSeconds: number;

  constructor(code: PreconditionCode, message: string, retryAfterSeconds: number) {
    super(message);
    this.name = 'PreconditionError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
