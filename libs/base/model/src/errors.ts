/** Every error code, and whether the same call may succeed later. Program clients match on the code. */
const codes = {
  'invalid-input': { retryable: false },
  'not-found': { retryable: false },
  unsupported: { retryable: false },
  'limit-exceeded': { retryable: false },
  'corrupt-data': { retryable: false },
  'digest-mismatch': { retryable: false },
  /** Conflicts with stored data or with running work. */
  conflict: { retryable: false },
  'invalid-version': { retryable: false },
  unauthorized: { retryable: false },
  'egress-denied': { retryable: false },
  'no-data': { retryable: false },
  /** The requested feature is off, until it is switched on. */
  'switched-off': { retryable: false },
  /** The time is before the log of changes begins. */
  'history-pruned': { retryable: false },
  'upstream-unavailable': { retryable: true },
  /** The index for this query is being built from stored data, and will be available soon. */
  'index-being-built': { retryable: true },
  /** A disk is full, failing or read-only. */
  'storage-unavailable': { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof codes;

/**
 * The only error class. The message is a sentence without full stop that names the subject (digest, path, feed); the
 * remedy, when there is one, says what the user can do.
 */
export class ClarionError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  /** It is about a time of the past that is not known here: the same call never succeeds. */
  readonly isPermanent: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy?: string; cause?: unknown; isPermanent?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.name = 'ClarionError';
    this.code = code;
    this.remedy = options.remedy;
    this.isPermanent = options.isPermanent ?? false;
  }

  get retryable(): boolean {
    return codes[this.code].retryable;
  }
}
