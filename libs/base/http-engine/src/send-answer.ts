import type { CallerShares } from '@clarion/connections';
import { type ContentCoding, encode, encodeChunks } from '@clarion/content-codings';
import type { Response } from 'express';
import type { HttpAnswer, AnswerFile } from './answer';
import { codingFor, setCoding } from './compress';
import { goneSignal } from './gone-signal';
import { HttpError } from './http-error';
import { writeEvents } from './event-stream';
import { setMediaType } from './set-media-type';

export interface SendOptions {
  /** Signs of life on streams of events. */
  readonly heartbeatMillis: number;
  /** A caller that reads nothing of an answer for this long is cut off. */
  readonly stallMillis: number;
  /** Characters, or bytes of kept answers, that callers have not read yet. */
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
  const { content, coding } = await contentOf(response, answer, sending);
  // Answers are valid only for this caller and now; calls that know better set their own headers.
  response
    .status(answer.status)
    .set('cache-control', 'no-store')
    .set(answer.headers ?? {});
  if ('mediaType' in answer) setMediaType(response, answer.mediaType);
  else if ('json' in answer) response.type('application/json');
  if (sending.compressed) setCoding(response, coding);
  if ('file' in answer) await sendFile(response, answer.file, coding);
  else if ('encoded' in answer && content === undefined) await sendChunks(response, answer.encoded);
  else if (content === undefined) response.end();
  else response.send(content);
}

/** What is sent in one piece, in its coding. Throws `too-many-requests`; nothing of the answer was set then. */
async function contentOf(
  response: Response,
  answer: Exclude<HttpAnswer, { readonly events: unknown }>,
  sending: SendOptions,
): Promise<{ readonly content?: Buffer; readonly coding?: ContentCoding | undefined }> {
  const coding = (bytes: number): ContentCoding | undefined =>
    sending.compressed ? codingFor(response.req, bytes) : undefined;
  if ('file' in answer) return { coding: coding(answer.file.bytes) };
  if ('encoded' in answer) {
    const used = coding(answer.encoded.bytes);
    if (used === undefined) {
      countUntilRead(response, answer.encoded.bytes, sending);
      return {};
    }
    const bytes = await answer.encoded.in(used);
    // Other answers may share the bytes, but a caller that does not read them keeps them.
    countUntilRead(response, bytes.byteLength, sending);
    return { content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), coding: used };
  }
  const text = 'json' in answer ? JSON.stringify(answer.json) : 'text' in answer ? answer.text : undefined;
  if (text === undefined) return {};
  countUntilRead(response, text.length, sending);
  const used = coding(text.length);
  if (used === undefined) return { content: Buffer.from(text) };
  const bytes = await encode(Buffer.from(text), used);
  return { content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), coding: used };
}

/** As fast as it is read: only a few chunks are in memory. */
async function sendFile(response: Response, file: AnswerFile, coding: ContentCoding | undefined): Promise<void> {
  try {
    const { bytes, content } = file;
    if (coding === undefined) await sendChunks(response, file);
    else await sendChunks(response, { bytes, content: () => encodeChunks(content(), coding) }, coding);
  } finally {
    await file.close();
  }
}

async function sendChunks(
  response: Response,
  { bytes, content }: Pick<AnswerFile, 'bytes' | 'content'>,
  coding?: ContentCoding,
): Promise<void> {
  if (coding === undefined) response.set('content-length', String(bytes));
  if (response.req.method !== 'HEAD') {
    for await (const chunk of content()) {
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(response);
    }
  }
  response.end();
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
