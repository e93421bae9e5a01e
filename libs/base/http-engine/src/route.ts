import type { JsonBounds } from '@clarion/file-formats';
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Answer } from './answer';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What a JSON body may be. */
export interface BodyBounds extends JsonBounds {
  readonly bytes: number;
}

/** What a body of one media type is: JSON of a schema, or bytes that are read as they arrive. */
export type BodySchema = z.ZodType | 'bytes';

/** The body of a request: JSON that was checked, or bytes that are read as they arrive. */
export type RequestBody =
  | { readonly mediaType: string; readonly json: unknown }
  | { readonly mediaType: string; readonly bytes: AsyncIterable<Uint8Array> };

/** A request that was checked: its caller may make it, and everything has the shape that the route states. */
export interface RouteRequest<P, Q> {
  readonly params: P;
  readonly query: Q;
  readonly body: RequestBody | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they were sent. */
  readonly url: string;
  /** Distinguishes callers (`AuthenticatedCaller.key`). */
  readonly caller: string;
  /** Aborted when the caller goes away before it is answered. */
  readonly signal: AbortSignal;
}

/**
 * One call of an API: what is checked of a request, and what is done.
 *
 * `Services` is what the calls of the API work on; `Access` is what a caller needs to be allowed to do, in the terms of the
 * authenticator of the API.
 */
export interface HttpRoute<Services, Access, P extends z.ZodObject = z.ZodObject, Q extends z.ZodObject = z.ZodObject> {
  readonly method: Method;
  /** Below the base of the API, parameters in braces. */
  readonly path: string;
  /** Names the call. */
  readonly operation: string;
  /** What the caller must be allowed to do. */
  readonly access: Access;
  readonly params: P;
  readonly query: Q;
  /** By media type; the type `*` takes those that are not named, and bodies without one. */
  readonly bodies?: Readonly<Record<string, BodySchema>>;
  /** What to answer to a body of a media type that is not taken; the list of those that are unless stated. */
  readonly explainMediaType?: (mediaType: string) => string | undefined;
  /** What its JSON may be; 64 KiB and 1000 values unless stated. */
  readonly bounds?: BodyBounds;
  readonly handle: (request: RouteRequest<z.output<P>, z.output<Q>>, services: Services) => Promise<Answer>;
}

/** A route whose types were checked where it was stated. */
export type AnyHttpRoute<Services, Access> = Omit<HttpRoute<Services, Access>, 'handle'> & {
  readonly handle: (request: RouteRequest<never, never>, services: Services) => Promise<Answer>;
};

/** States a route; the types of its parameters follow from its schemas. */
export function httpRoute<Services, Access, P extends z.ZodObject, Q extends z.ZodObject>(
  stated: HttpRoute<Services, Access, P, Q>,
): AnyHttpRoute<Services, Access> {
  return stated;
}

/** The JSON body of a route that takes nothing else; its schema was checked before. */
export function jsonOf({ body }: Pick<RouteRequest<unknown, unknown>, 'body'>): unknown {
  if (body === undefined || !('json' in body)) throw new TypeError('The route takes no JSON');
  return body.json;
}
