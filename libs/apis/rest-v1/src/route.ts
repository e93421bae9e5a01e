import type { Role } from '@clarion/authentication';
import type { AnyHttpRoute, HttpRoute } from '@clarion/http-engine';
import type { UseCases } from '@clarion/use-cases';
import type { z } from 'zod';

/** The body of a response with one status. */
export type AnswerSchema =
  | { readonly schema: z.ZodType; readonly about: string; readonly headers?: Readonly<Record<string, string>> }
  /** Text in one of these media types; JSON with a separate schema if one is named. Headers with what they say. */
  | {
      readonly mediaTypes: readonly string[];
      readonly about: string;
      readonly component?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly about: string };

/** The description of a call in the OpenAPI document, in addition to what is validated. */
interface RouteDescription {
  readonly group: string;
  readonly about: string;
  /** By status; the problems of all calls are added centrally. */
  readonly answers: Readonly<Record<number, AnswerSchema>>;
}

/**
 * One call of the API: the source of its validation, of its description in the OpenAPI document, and its
 * implementation.
 */
export type RestRoute<P extends z.ZodObject, Q extends z.ZodObject> = HttpRoute<UseCases, Role, P, Q> &
  RouteDescription;

/** A route whose types were checked at its definition. */
export type AnyRoute = AnyHttpRoute<UseCases, Role> & RouteDescription;

/** Defines a route; `access` is the lowest role that a caller needs. */
export function route<P extends z.ZodObject, Q extends z.ZodObject>(stated: RestRoute<P, Q>): AnyRoute {
  return stated;
}
