/** One request. Limits that are not set here are those of the egress. */
export interface EgressRequest {
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Value of `Authorization`; never sent to another origin than that of `url`. */
  readonly credentials?: string;
  /** Default 5. One more is `limit-exceeded`. */
  readonly maxRedirects?: number;
  /** Maximum bytes of the body; default no limit. One more is `limit-exceeded`, thrown while reading. */
  readonly maxBytes?: number;
  /** Whether the request may safely be repeated; default true for GET and HEAD. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
}

/** The answer to the last hop, with any status. Its body must be read to the end, left by `break`, or discarded. */
export interface EgressResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  /** Lower-case names; values of repeated headers joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Reads the whole body. */
  bytes(): Promise<Uint8Array>;
  /** Frees the connection of an unused body. */
  discard(): Promise<void>;
}
