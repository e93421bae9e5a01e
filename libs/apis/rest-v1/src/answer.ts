import { createHash } from 'node:crypto';
import type { Principal } from '@clarion/authentication';
import type { CallerShares } from '@clarion/connections';
import type { ReportFile } from '@clarion/use-cases';
import type { Request, Response } from 'express';
import { type BodyLimits, type ReadBodyOptions, readBody } from './body';
import { checked } from './check';
import { answerEarly } from './early-answer';
import { writeEvents } from './event-stream';
import type { Idempotency } from './idempotency';
import { HttpProblem, type ProblemAnswer } from './problem';
import type { RestApiOptions } from './rest-api-options';
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

export interface Sending {
  /** Signs of life on streams of events. */
  readonly heartbeatMillis: number;
  /** Who takes nothing of an answer for so long is cut off. */
  readonly stallMillis: number;
  /** Characters of answers that callers have not read yet. */
  readonly unread: CallerShares;
  readonly caller: string;
}

export async function sendAnswer(response: Response, answer: Answer, sending: Sending): Promise<void> {
  if ('events' in answer) {
    const { heartbeatMillis } = sending;
    await writeEvents(response, answer.events, { signal: goneSignal(response), heartbeatMillis });
    return;
  }
  // Node closes a connection on which nothing moves for so long.
  response.setTimeout(sending.stallMillis);
  const text = 'json' in answer ? JSON.stringify(answer.json) : 'text' in answer ? answer.text : undefined;
  if (text !== undefined) holdUntilRead(response, text.length, sending);
  // What an installation knows of its images is for who asked, now; calls that know better say so.
  response
    .status(answer.status)
    .set('cache-control', 'no-store')
    .set(answer.headers ?? {});
  if ('file' in answer) await sendFile(response.type(answer.mediaType), answer.file);
  else if (text === undefined) response.end();
  else response.type('mediaType' in answer ? answer.mediaType : 'application/json').send(text);
}

/** As fast as it is read: no more than some chunks of it are in memory. */
async function sendFile(response: Response, file: ReportFile): Promise<void> {
  try {
    response.set('content-length', String(file.bytes));
    if (response.req.method !== 'HEAD') {
      for await (const chunk of file.content()) {
        if (response.destroyed) return;
        if (!response.write(chunk)) await taken(response);
      }
    }
    response.end();
  } finally {
    await file.close();
  }
}

/** Resolves when more may be written, or the caller is gone. */
function taken(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    if (response.destroyed) done();
    else response.on('drain', done).on('close', done);
  });
}

/** Throws when the caller, or all of them, have left too much unread. */
function holdUntilRead(response: Response, length: number, { unread, caller }: Sending): void {
  if (unread.take(caller, length) !== 'taken') {
    const message = 'Too much of earlier answers was not read yet';
    throw new HttpProblem('too-many-requests', message, { 'retry-after': '5' });
  }
  response.once('close', () => {
    unread.give(caller, length);
  });
}

export function sendProblem(response: Response, { status, headers, body }: ProblemAnswer): void {
  response.locals['code'] = body.code;
  // Events were on their way, or the caller is gone: there is nobody to tell.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.status(status).set('cache-control', 'no-store').set(headers);
  response.type('application/problem+json');
  const text = JSON.stringify(body);
  if (response.req.complete) response.send(text);
  else void answerEarly(response, text);
}
