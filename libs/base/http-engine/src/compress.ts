import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createDeflate, createGzip, deflate, gzip } from 'node:zlib';
import type { Response } from 'express';

/** A content coding (RFC 9110 §8.4) that answers are compressed with. */
export type ContentCoding = 'gzip' | 'deflate';

/** The fastest level already saves most of the size. */
const fastest = { level: constants.Z_BEST_SPEED };
const ofTexts = { gzip: promisify(gzip), deflate: promisify(deflate) };
const ofStreams = { gzip: createGzip, deflate: createDeflate };

/** Smaller bodies fit into a packet as they are. */
const leastBytes = 1024;

/**
 * The coding in which a body of this size is sent: the one that its caller prefers, undefined for none. Sets its
 * headers; an `ETag` stays unchanged, since it names the content in any coding.
 */
export function codingFor(response: Response, bytes: number): ContentCoding | undefined {
  response.vary('accept-encoding');
  const { req: request } = response;
  const preferred = request.acceptsEncodings(['gzip', 'deflate', 'identity']);
  if ((preferred !== 'gzip' && preferred !== 'deflate') || bytes < leastBytes || request.method === 'HEAD')
    return undefined;
  response.set('content-encoding', preferred);
  return preferred;
}

/** A whole text, compressed outside the event loop. */
export function compressText(text: string, coding: ContentCoding): Promise<Buffer> {
  return ofTexts[coding](text, fastest);
}

/** Compresses the content as fast as the result is read. */
export function compressChunks(content: AsyncIterable<Uint8Array>, coding: ContentCoding): AsyncIterable<Uint8Array> {
  // An error of the content also ends the result.
  return pipeline(Readable.from(content), ofStreams[coding](fastest), () => undefined);
}
