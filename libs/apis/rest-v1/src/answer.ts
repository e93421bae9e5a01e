import { createHash } from 'node:crypto';
import type { Principal } from '@clarion/authentication';
import type { Request, Response } from 'express';
import { type BodyLimits, type ReadBodyOptions, readBody } from './body';
import { checked } from './check';
import { writeEvents } from './event-stream';
import type { Idempotency } from './idempotency';
import type { ProblemAnswer } from './problem';
import type { RestApiOptions } from './rest-api';
import type { Answer, AnyRoute } from './route';

export interface Answering {
  readonly route: AnyRoute;
  readonly response: Response;
  readonly principal: Principal;
  /** Tells callers apart (`callerOf`). */
  readonly caller: string;
  readonly options: RestApiOptions;
  readonly limits: BodyLimits & Pick<ReadBodyOptions, 'onKept'>;
  readonly idempotency: Idempotency;
}

/** Checks what was asked against its route and does it. */
export async function answerRequest(request: Request, answering: Answering): Promise<Answer> {
  const { route, response, principal, caller, options, limits, idempotency } = answering;
  const params = checked(request.params, route.params, { of: 'path' }) as never;
  const query = checked({ ...request.query }, route.query, { of: 'query' }) as never;
  const key = route.method === 'post' ? request.get('idempotency-key') : undefined;
  const hash = createHash('sha256').update(`${request.get('content-type') ?? ''}\n`);
  const onChunk = (chunk: Uint8Array): void => void hash.update(chunk);
  const body = await readBody(request, route, { ...limits, ...(key === undefined ? {} : { onChunk }) });
  const asked = { params, query, body, headers: request.headers, principal, caller, signal: goneSignal(response) };
  const answer = (): Promise<Answer> => route.handle(asked, options.useCases);
  if (key === undefined) return answer();
  const digest = async (): Promise<string> => {
    if (body !== undefined && 'bytes' in body) await drained(body.bytes);
    return hash.copy().digest('base64');
  };
  const call = `${route.operation} ${request.originalUrl}`;
  return idempotency.once({ caller: principal.name, call, key }, { digest }, answer);
}

async function drained(chunks: AsyncIterable<unknown>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

/** Aborts when the connection ends before the answer was sent: nobody waits for it any more. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

export async function sendAnswer(response: Response, answer: Answer, heartbeatMillis: number): Promise<void> {
  if ('events' in answer) {
    const signal = goneSignal(response);
    await writeEvents(response, answer.events, { signal, heartbeatMillis });
    return;
  }
  // What an installation knows of its images is for who asked, now; calls that know better say so.
  response
    .status(answer.status)
    .set('cache-control', 'no-store')
    .set(answer.headers ?? {});
  if ('json' in answer) response.type('application/json').send(JSON.stringify(answer.json));
  else if ('text' in answer) response.type(answer.mediaType).send(answer.text);
  else response.end();
}

export function sendProblem(response: Response, { status, headers, body }: ProblemAnswer): void {
  response.locals['code'] = body.code;
  // Events were on their way, or the caller is gone: there is nobody to tell.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.status(status).set('cache-control', 'no-store').set(headers);
  response.type('application/problem+json').send(JSON.stringify(body));
}
