import type { IncomingHttpHeaders } from 'node:http';

/** A caller that is known. */
export interface AuthenticatedCaller<Access> {
  /** For logs and for idempotency keys; never in answers. */
  readonly name: string;
  /** Distinguishes callers where limits are shared among them; does not reveal who they are. */
  readonly key: string;
  /** Throws `HttpError` (`forbidden`) when this caller may not do that. */
  authorize(access: Access): void;
}

/** How an API identifies its callers: by a token, a signature, a custom header, or not at all. */
export interface HttpAuthenticator<Access> {
  /**
   * Called before anything else of a request is read. `address` is that of the caller, behind trusted proxies. Its
   * errors are rendered as the API renders errors.
   */
  authenticate(headers: IncomingHttpHeaders, address: string): Promise<AuthenticatedCaller<Access>>;
}
