import type { Principal, Role } from '@clarion/authentication';
import type { JsonBounds } from '@clarion/file-formats';
import type { ReportFile, UseCases } from '@clarion/use-cases';
import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What a JSON body may be. */
export interface BodyBounds extends JsonBounds {
  readonly bytes: number;
}

/** What a body of one media type is: JSON of a schema, or bytes that are read as they arrive. */
export type BodySchema = z.ZodType | 'bytes';

/** What an answer of one status has as its body. */
export type AnswerSchema =
  | { readonly schema: z.ZodType; readonly about: string }
  /** A text in one of these media types; JSON of a schema of its own where one is named. */
  | { readonly mediaTypes: readonly string[]; readonly about: string; readonly component?: string }
  | { readonly about: string };

/** One request that was checked: who asks may ask this, and everything has the shape that the route states. */
export interface RouteRequest<P, Q> {
  readonly params: P;
  readonly query: Q;
  readonly body:
    | { readonly mediaType: string; readonly json: unknown }
    | { readonly mediaType: string; readonly bytes: AsyncIterable<Uint8Array> }
    | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly principal: Principal;
  /** Tells callers apart (`callerOf`). */
  readonly caller: string;
  /** Aborted when the caller goes away before it is answered. */
  readonly signal: AbortSignal;
}

export type Answer =
  | { readonly status: number; readonly headers?: Headers; readonly json: unknown }
  | { readonly status: number; readonly headers?: Headers; readonly text: string; readonly mediaType: string }
  /** A text that is too large to be held. Whoever sends it closes the file. */
  | { readonly status: number; readonly headers?: Headers; readonly file: ReportFile; readonly mediaType: string }
  | { readonly status: number; readonly headers?: Headers }
  /** Server-sent events until the caller goes or the events end. */
  | { readonly status: 200; readonly events: AsyncIterable<ServerSentEvent> };

type Headers = Readonly<Record<string, string>>;

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** One call of the API: the source of its checks, of its description in the OpenAPI document, and what it does. */
export interface Route<P extends z.ZodObject = z.ZodObject, Q extends z.ZodObject = z.ZodObject> {
  readonly method: Method;
  /** Below `/api/v1`, parameters in braces. */
  readonly path: string;
  /** Names the call in clients that are made from the document. */
  readonly operation: string;
  readonly group: string;
  readonly about: string;
  /** The least that a caller must be. */
  readonly role: Role;
  readonly params: P;
  readonly query: Q;
  /** By media type. */
  readonly bodies?: Readonly<Record<string, BodySchema>>;
  /** What its JSON may be; 64 KiB and 1000 values unless stated. */
  readonly json?: BodyBounds;
  /** By status; problems of all calls are added to the document for all. */
  readonly answers: Readonly<Record<number, AnswerSchema>>;
  readonly handle: (request: RouteRequest<z.output<P>, z.output<Q>>, useCases: UseCases) => Promise<Answer>;
}

/** A route whose types were checked where it was stated. */
export type AnyRoute = Omit<Route, 'handle'> & {
  readonly handle: (request: RouteRequest<never, never>, useCases: UseCases) => Promise<Answer>;
};

/** States a route; the types of its parameters follow from its schemas. */
export function route<P extends z.ZodObject, Q extends z.ZodObject>(stated: Route<P, Q>): AnyRoute {
  return stated;
}

/** The JSON body of a route that takes nothing else; its schema was checked before. */
export function jsonOf({ body }: Pick<RouteRequest<unknown, unknown>, 'body'>): unknown {
  if (body === undefined || !('json' in body)) throw new TypeError('The route takes no JSON');
  return body.json;
}
