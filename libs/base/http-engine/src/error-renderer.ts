/** An error in the form of an API. */
export interface RenderedError {
  readonly status: number;
  /** Names the kind of error in logs and counters. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string;
  /** The whole body; empty where the API has no error body. */
  readonly body: string;
}

/**
 * Builds the answer of an API from a thrown error: `HttpError`, `InvalidMembers`, `ClarionError`, errors of the
 * authenticator, or anything else, of which callers only learn that it happened (status 500). Must not throw.
 */
export type ErrorRenderer = (error: unknown, requestId: string) => RenderedError;
