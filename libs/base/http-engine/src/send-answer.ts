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
  /** `ETag` is not made weak where bodies are compressed. */
  readonly tagsNameStates: boolean;
  /** Names the trailer of bodies, which are sent in chunks. */
  readonly errorTrailer: string | undefined;
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
  if (sending.compressed) setCoding(response, coding, sending.tagsNameStates);
  const writing = { coding, errorTrailer: sending.errorTrailer };
  if ('file' in answer) await sendFile(response, answer.file, writing);
  else if ('encoded' in answer && content === undefined) await sendChunks(response, answer.encoded, writing);
  else if (content === undefined) response.end();
  else if (sending.errorTrailer === undefined) response.send(content);
  else await sendChunks(response, chunkOf(content), writing);
}

/** Larger bodies that are kept are decoded as they are read: only a few chunks are in memory. */
const mostWhole = 8 * 1024 ** 2;

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
      countUntilRead(response, Math.min(answer.encoded.bytes, mostWhole), sending);
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

type Chunks = Pick<AnswerFile, 'bytes' | 'content'>;

/** How the chunks of a body are written. */
interface Writing extends Pick<SendOptions, 'errorTrailer'> {
  /** Their number of bytes in a coding is not known before. */
  readonly coding: ContentCoding | undefined;
}

function chunkOf(content: string | Buffer): Chunks {
  const bytes = Buffer.from(content);
  // eslint-disable-next-line @typescript-eslint/require-await
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  return { bytes: bytes.byteLength, content: chunks };
}

/** As fast as it is read: only a few chunks are in memory. */
async function sendFile(response: Response, file: AnswerFile, writing: Writing): Promise<void> {
  try {
    const { bytes, content } = file;
    const { coding } = writing;
    if (coding === undefined) await sendChunks(response, file, writing);
    else await sendChunks(response, { bytes, content: () => encodeChunks(content(), coding) }, writing);
  } finally {
    await file.close();
  }
}

async function sendChunks(
  response: Response,
  { bytes, content }: Chunks,
  { coding, errorTrailer }: Writing,
): Promise<void> {
  const { method, httpVersion } = response.req;
  // There are no trailers without chunks, and no chunks in HTTP/1.0.
  const trailer = method === 'HEAD' || httpVersion === '1.0' ? undefined : errorTrailer;
  if (trailer !== undefined) response.set('trailer', trailer);
  else if (coding === undefined) response.set('content-length', String(bytes));
  try {
    if (method !== 'HEAD') await writeChunks(response, content());
  } catch (error) {
    if (trailer === undefined || !response.headersSent) throw error;
    response.addTrailers({ [trailer]: 'the answer could not be completed' });
    response.end();
    throw error;
  }
  response.end();
}

async function writeChunks(response: Response, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
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
