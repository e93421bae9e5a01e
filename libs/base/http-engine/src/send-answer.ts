import type { CallerShares } from '@clarion/connections';
import type { Response } from 'express';
import type { HttpAnswer, AnswerFile } from './answer';
import { codingFor, compressChunks, compressText } from './compress';
import { goneSignal } from './gone-signal';
import { HttpError } from './http-error';
import { writeEvents } from './event-stream';

export interface SendOptions {
  /** Signs of life on streams of events. */
  readonly heartbeatMillis: number;
  /** A caller that reads nothing of an answer for this long is cut off. */
  readonly stallMillis: number;
  /** Characters of answers that callers have not read yet. */
  readonly unread: CallerShares;
  /** Whether bodies are compressed for callers that accept it. */
  readonly compressed: boolean;
  /** `AuthenticatedCaller.key`. */
  readonly caller: string;
}

/** Sends an answer as fast as its caller reads it. Throws `too-many-requests` before anything was sent. */
export async function sendAnswer(response: Response, answer: HttpAnswer, sending: SendOptions): Promise<void> {
  if ('events' in answer) {
    const { heartbeatMillis } = sending;
    await writeEvents(response, answer.events, { signal: goneSignal(response), heartbeatMillis });
    return;
  }
  // Node closes a connection without any traffic for this long.
  response.setTimeout(sending.stallMillis);
  const text = 'json' in answer ? JSON.stringify(answer.json) : 'text' in answer ? answer.text : undefined;
  if (text !== undefined) countUntilRead(response, text.length, sending);
  // Answers are valid only for this caller and now; calls that know better set their own headers.
  response
    .status(answer.status)
    .set('cache-control', 'no-store')
    .set(answer.headers ?? {});
  if ('file' in answer) await sendFile(response.type(answer.mediaType), answer.file, sending);
  else if (text === undefined) response.end();
  else {
    response.type(('mediaType' in answer ? answer.mediaType : undefined) ?? 'application/json');
    await sendText(response, text, sending);
  }
}

async function sendText(response: Response, text: string, { compressed }: SendOptions): Promise<void> {
  const coding = compressed ? codingFor(response, text.length) : undefined;
  response.send(coding === undefined ? text : await compressText(text, coding));
}

/** As fast as it is read: only a few chunks are in memory. */
async function sendFile(response: Response, file: AnswerFile, { compressed }: SendOptions): Promise<void> {
  try {
    const coding = compressed ? codingFor(response, file.bytes) : undefined;
    if (coding === undefined) response.set('content-length', String(file.bytes));
    if (response.req.method !== 'HEAD') {
      const content = file.content();
      for await (const chunk of coding === undefined ? content : compressChunks(content, coding)) {
        if (response.destroyed) return;
        if (!response.write(chunk)) await drained(response);
      }
    }
    response.end();
  } finally {
    await file.close();
  }
}

/** Resolves when more may be written, or the caller disconnected. */
function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    if (response.destroyed) done();
    else response.on('drain', done).on('close', done);
  });
}

/** Throws when the caller, or all of them, have too much unread data. */
function countUntilRead(response: Response, length: number, { unread, caller }: SendOptions): void {
  if (unread.take(caller, length) !== 'taken') {
    const message = 'Too much of earlier answers was not read yet';
    throw new HttpError('too-many-requests', message, { 'retry-after': '5' });
  }
  response.once('close', () => {
    unread.give(caller, length);
  });
}
