import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { HttpAnswer } from './answer';
import { checked } from './check-members';
import { goneSignal } from './gone-signal';
import type { AuthenticatedCaller } from './http-authenticator';
import { HttpError } from './http-error';
import type { IdempotentCalls } from './idempotency';
import { type BodyLimits, type ReadBodyOptions, readBody } from './read-body';
import type { AnyHttpRoute, RequestBody } from './route';

export interface AnswerContext<Services, Access> {
  readonly route: AnyHttpRoute<Services, Access>;
  readonly services: Services;
  readonly response: Response;
  readonly caller: AuthenticatedCaller<Access>;
  readonly limits: BodyLimits & Pick<ReadBodyOptions, 'onKept' | 'mostErrors'>;
  /** Absent where the API does not support `Idempotency-Key`. */
  readonly idempotency: IdempotentCalls | undefined;
}

/** Checks a request against its route and handles it. */
export async function answerRequest<S, A>(request: Request, answering: AnswerContext<S, A>): Promise<HttpAnswer> {
  const { route, services, response, caller, limits, idempotency } = answering;
  const { mostErrors } = limits;
  const params = checked(request.params, route.params, { of: 'path', mostErrors }) as never;
  const query = checked({ ...request.query }, route.query, { of: 'query', mostErrors }) as never;
  const key = route.method === 'post' ? request.get('idempotency-key') : undefined;
  const keyed = key === undefined || idempotency === undefined ? undefined : { key, idempotency };
  const hash = createHash('sha256').update(`${request.get('content-type') ?? ''}\n`);
  const onChunk = (chunk: Uint8Array): void => void hash.update(chunk);
  const body = await readBody(request, route, { ...limits, ...(keyed === undefined ? {} : { onChunk }) });
  const { headers, originalUrl: url } = request;
  const mayAlso = (access: A): boolean => isAuthorized(caller, access);
  const asking = { caller: caller.key, callerName: caller.name, mayAlso, signal: goneSignal(response) };
  const checkedRequest = { params, query, body, headers, url, ...asking };
  const answer = (): Promise<HttpAnswer> => route.handle(checkedRequest, services);
  if (keyed === undefined) return answer();
  const digest = async (): Promise<string> => {
    await drain(body);
    return hash.copy().digest('base64');
  };
  const named = { callerName: caller.name, call: `${route.operation} ${url}`, key: keyed.key };
  return keyed.idempotency.once(named, { digest }, answer);
}

function isAuthorized<A>(caller: AuthenticatedCaller<A>, access: A): boolean {
  try {
    caller.authorize(access);
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.code === 'forbidden') return false;
    throw error;
  }
}

async function drain(body: RequestBody | undefined): Promise<void> {
  if (body === undefined || 'json' in body) return;
  const iterator = body.bytes[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}
