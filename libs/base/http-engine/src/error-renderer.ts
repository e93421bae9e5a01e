/** An error in the form of an API. */
export interface RenderedError {
  readonly status: number;
  /** Names the kind of error in logs and counters. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string;
  /** The whole body; empty where the form of the API has none. */
  readonly body: string;
}

/**
 * Makes the answer of an API out of what was thrown: `HttpError`, `InvalidMembers`, `ClarionError`, what the authenticator throws, or
 * anything else, of which callers learn nothing but that it happened (status 500). Must not throw.
 */
export type ErrorRenderer = (error: unknown, requestId: string) => RenderedError;
