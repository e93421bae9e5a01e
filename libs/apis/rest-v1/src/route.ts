import type { Role } from '@clarion/authentication';
import type { AnyHttpRoute, HttpRoute } from '@clarion/http-engine';
import type { UseCases } from '@clarion/use-cases';
import type { z } from 'zod';

/** What an answer of one status has as its body. */
export type AnswerSchema =
  | { readonly schema: z.ZodType; readonly about: string }
  /** A text in one of these media types; JSON of a schema of its own where one is named. */
  | { readonly mediaTypes: readonly string[]; readonly about: string; readonly component?: string }
  | { readonly about: string };

/** What the OpenAPI document says of a call, beside what is checked. */
interface RouteDescription {
  readonly group: string;
  readonly about: string;
  /** By status; problems of all calls are added to the document for all. */
  readonly answers: Readonly<Record<number, AnswerSchema>>;
}

/** One call of the API: the source of its checks, of its description in the OpenAPI document, and what it does. */
export type Route<P extends z.ZodObject, Q extends z.ZodObject> = HttpRoute<UseCases, Role, P, Q> & RouteDescription;

/** A route whose types were checked where it was stated. */
export type AnyRoute = AnyHttpRoute<UseCases, Role> & RouteDescription;

/** States a route; `access` is the least role that a caller must have. */
export function route<P extends z.ZodObject, Q extends z.ZodObject>(stated: Route<P, Q>): AnyRoute {
  return stated;
}
