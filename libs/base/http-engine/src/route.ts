import type { JsonBounds } from '@clarion/file-formats';
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { HttpAnswer } from './answer';

export type HttpMethod = 'get' | 'post' | 'put' | 'delete';

/** Limits of a JSON body. */
export interface BodyBounds extends JsonBounds {
  readonly bytes: number;
}

/** The body of one media type: JSON with a schema, or bytes that are read as they arrive. */
export type BodySchema = z.ZodType | 'bytes';

/** The body of a request: JSON that was checked, or bytes that are read as they arrive. */
export type RequestBody =
  | { readonly mediaType: string; readonly json: unknown }
  | { readonly mediaType: string; readonly bytes: AsyncIterable<Uint8Array> };

/** A checked request: its caller is authorised, and everything matches the schemas of the route. */
export interface RouteRequest<P, Q, Access = never> {
  readonly params: P;
  readonly query: Q;
  readonly body: RequestBody | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they were sent. */
  readonly url: string;
  /** Distinguishes callers (`AuthenticatedCaller.key`). */
  readonly caller: string;
  /** Names the caller, for logs and for records of who wrote something. */
  readonly callerName: string;
  /** Whether the caller also has another permission, for members of an answer that need it. */
  readonly mayAlso: (access: Access) => boolean;
  /** Aborted when the caller disconnects before it is answered. */
  readonly signal: AbortSignal;
}

/**
 * One call of an API: the schemas of its request, and its handler.
 *
 * `Services` is what the calls of the API use; `Access` is the permission that a caller needs, in terms of the API's
 * authenticator.
 */
export interface HttpRoute<Services, Access, P extends z.ZodObject = z.ZodObject, Q extends z.ZodObject = z.ZodObject> {
  readonly method: HttpMethod;
  /** Below the base of the API, parameters in braces. */
  readonly path: string;
  /** Names the call. */
  readonly operation: string;
  /** The permission that the caller needs. */
  readonly access: Access;
  readonly params: P;
  readonly query: Q;
  /** By media type; the type `*` accepts all other types, and bodies without one. */
  readonly bodies?: Readonly<Record<string, BodySchema>>;
  /** The error for a body with an unsupported media type; the list of supported ones unless stated. */
  readonly explainMediaType?: (mediaType: string) => string | undefined;
  /** Limits of its JSON; 64 KiB and 1000 values unless stated. */
  readonly bounds?: BodyBounds;
  readonly handle: (request: RouteRequest<z.output<P>, z.output<Q>, Access>, services: Services) => Promise<HttpAnswer>;
}

/** A route whose types were checked where it was defined. */
export type AnyHttpRoute<Services, Access> = Omit<HttpRoute<Services, Access>, 'handle'> & {
  readonly handle: (request: RouteRequest<never, never, Access>, services: Services) => Promise<HttpAnswer>;
};

/** Defines a route; the types of its parameters follow from its schemas. */
export function httpRoute<Services, Access, P extends z.ZodObject, Q extends z.ZodObject>(
  stated: HttpRoute<Services, Access, P, Q>,
): AnyHttpRoute<Services, Access> {
  return stated;
}

/** The JSON body of a route that accepts nothing else; its schema was checked before. */
export function jsonOf({ body }: Pick<RouteRequest<unknown, unknown>, 'body'>): unknown {
  if (body === undefined || !('json' in body)) throw new TypeError('The route takes no JSON');
  return body.json;
}
