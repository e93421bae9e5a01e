import type { Log } from '@clarion/model';
import type { Response } from 'express';
import { answerEarly } from './answer-early';
import type { ErrorRenderer } from './error-renderer';
import { localsOf } from './request-locals';
import { setMediaType } from './set-media-type';

export interface SendErrorOptions {
  readonly log: Log;
  readonly renderError: ErrorRenderer;
  /** How long the rest of a request is read after its answer; by default, and at most, 10 seconds. */
  readonly restMillis?: number;
}

/** Headers of an answer that could not be sent after all. */
const ofAnswers = ['content-encoding', 'content-length', 'etag', 'link', 'location', 'trailer'];

/** Answers with an error in the form of its API; internal errors (status 500) are also logged. */
export function sendError(
  response: Response,
  error: unknown,
  { log, renderError, restMillis }: SendErrorOptions,
): void {
  const locals = localsOf(response);
  const { status, code, headers, mediaType, body } = renderError(error, locals.requestId);
  locals.code = code;
  if (status === 500) log.error('A request failed', { error, request_id: locals.requestId });
  // A trailer already describes the error.
  if (response.writableEnded) return;
  // Events were already sent, or the caller disconnected: it would not read the error.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  for (const header of ofAnswers) response.removeHeader(header);
  response.status(status).set('cache-control', 'no-store').set(headers);
  if (body !== '') setMediaType(response, mediaType);
  if (!response.req.complete) void answerEarly(response, body, restMillis);
  else if (body === '') response.end();
  else response.send(Buffer.from(body));
}
