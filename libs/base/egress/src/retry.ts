/** How often and after what delays a request is retried. Milliseconds. */
export interface RetryLimits {
  readonly retries: number;
  readonly firstDelayMillis: number;
  /** No single wait is longer; a `Retry-After` beyond it ends the attempts at once. */
  readonly maxDelayMillis: number;
}

const worthRetrying = new Set([408, 429, 500, 502, 503, 504]);

/** Whether a status is temporary, so that a retry may succeed. */
export function isPassingStatus(status: number): boolean {
  return worthRetrying.has(status);
}

/**
 * Milliseconds to wait before attempt `attempt + 1` (the first attempt is 0): exponential with jitter, or the time that
 * the server requested; undefined when no further attempt makes sense.
 */
export function retryDelay(attempt: number, limits: RetryLimits, retryAfter?: string): number | undefined {
  if (attempt >= limits.retries) return undefined;
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, Date.now());
  if (asked !== undefined) return asked > limits.maxDelayMillis ? undefined : asked;
  const ceiling = Math.min(limits.maxDelayMillis, limits.firstDelayMillis * 2 ** attempt);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/** Milliseconds from a `Retry-After` header: seconds or an HTTP date (RFC 9110 §10.2.3). */
export function parseRetryAfter(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,9}$/.test(trimmed)) return Number(trimmed) * 1000;
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
