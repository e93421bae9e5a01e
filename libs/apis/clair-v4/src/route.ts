import type { Role } from '@clarion/authentication';
import type { AnyHttpRoute, HttpAnswer, HttpRoute, RouteRequest } from '@clarion/http-engine';
import { ClarionError, isDigest } from '@clarion/model';
import { z } from 'zod';
import type { ClairServices } from './clair-v4-options';

/** Anything in the query of a route that has no parameters is ignored, as Clair does. */
export const anyQuery = z.looseObject({});
export const noParams = z.strictObject({});
export const digestParams = z.strictObject({ digest: z.string() });

export type ClairRoute = AnyHttpRoute<ClairServices, Role>;
export type DigestRequest = RouteRequest<z.output<typeof digestParams>, unknown>;

/** The digest in the address. Throws `invalid-input`. */
export function pathDigest({ params: { digest } }: Pick<DigestRequest, 'params'>): string {
  const shown = JSON.stringify(digest.slice(0, 150));
  if (isDigest(digest)) return digest;
  throw new ClarionError('invalid-input', `malformed path: ${shown} is not a digest`);
}

/** Defines a route; `access` is the lowest role that a caller needs. */
export function clairRoute<P extends z.ZodObject, Q extends z.ZodObject>(
  stated: HttpRoute<ClairServices, Role, P, Q>,
): ClairRoute {
  return stated;
}

/** Defines a route about the image with a digest. */
export function digestRoute(
  stated: Pick<ClairRoute, 'method' | 'path' | 'operation' | 'access'>,
  handle: (request: DigestRequest, services: ClairServices) => Promise<HttpAnswer>,
): ClairRoute {
  return clairRoute({ ...stated, params: digestParams, query: anyQuery, handle });
}

/** The error, if it is one of these codes; others are thrown on. */
export function errorWithCode<T extends string>(error: unknown, codes: readonly T[]): T {
  const code = (error as { readonly code?: unknown }).code;
  const found = codes.find((one) => one === code);
  if (found === undefined) throw error;
  return found;
}
