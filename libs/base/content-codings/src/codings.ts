import { pipeline, Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** A content coding (RFC 9110 §8.4, RFC 7932, RFC 8878). */
export type ContentCoding = 'br' | 'zstd' | 'gzip' | 'deflate';

/** Bytes in a coding, as a whole and as a stream. */
interface Coder {
  readonly encode: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly decode: (bytes: Uint8Array, most: number) => Promise<Uint8Array>;
  /** With the levels of `encode` where the bytes of the content are stated, else with the fastest ones. */
  readonly stream: (keptBytes?: number) => Transform;
  readonly decodeStream: () => Transform;
}

const { constants } = zlib;
/** `ZSTD_c_compressionLevel`. */
const zstdLevel = 100;

/** A part of a decoded stream: few turns of the event loop, and not much memory. */
const chunkSize = 128 * 1024;

/** The smallest results for a few milliseconds a megabyte of JSON. `br` 4 is larger than `gzip` for some reports. */
const whole = {
  br: (bytes: number) => ({
    params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
  }),
  zstd: { params: { [zstdLevel]: 3 } },
  zlib: { level: 6 },
};
/** Streams are not kept: for each caller the fastest levels, which already save most of the size. */
const passing = {
  br: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } },
  zstd: { params: { [zstdLevel]: 1 } },
  zlib: { level: constants.Z_BEST_SPEED },
};

const brotli = promisify(zlib.brotliCompress);
const unbrotli = promisify(zlib.brotliDecompress);
const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.gunzip);
const deflate = promisify(zlib.deflate);
const inflate = promisify(zlib.inflate);

const coders: Readonly<Partial<Record<ContentCoding, Coder>>> = {
  br: {
    encode: (bytes) => brotli(bytes, whole.br(bytes.byteLength)),
    decode: (bytes, most) => unbrotli(bytes, { maxOutputLength: most }),
    stream: (bytes) => zlib.createBrotliCompress(bytes === undefined ? passing.br : whole.br(bytes)),
    decodeStream: () => zlib.createBrotliDecompress({ chunkSize }),
  },
  ...zstdCoder(),
  gzip: {
    encode: (bytes) => gzip(bytes, whole.zlib),
    decode: (bytes, most) => gunzip(bytes, { maxOutputLength: most }),
    stream: (bytes) => zlib.createGzip(bytes === undefined ? passing.zlib : whole.zlib),
    decodeStream: () => zlib.createGunzip({ chunkSize }),
  },
  deflate: {
    encode: (bytes) => deflate(bytes, whole.zlib),
    decode: (bytes, most) => inflate(bytes, { maxOutputLength: most }),
    stream: (bytes) => zlib.createDeflate(bytes === undefined ? passing.zlib : whole.zlib),
    decodeStream: () => zlib.createInflate({ chunkSize }),
  },
};

/** What Node has since 22.15; the types are those of the oldest version that Clarion runs on. */
interface NodeZstd {
  readonly zstdCompress: ZstdFunction<{ readonly params: Readonly<Record<number, number>> }>;
  readonly zstdDecompress: ZstdFunction<{ readonly maxOutputLength: number }>;
  readonly createZstdCompress: (options: { readonly params: Readonly<Record<number, number>> }) => Transform;
  readonly createZstdDecompress: (options: { readonly chunkSize: number }) => Transform;
}
type ZstdFunction<Options> = (
  bytes: Uint8Array,
  options: Options,
  done: (error: Error | null, bytes: Uint8Array) => void,
) => void;

function zstdCoder(): { readonly zstd?: Coder } {
  if (!('zstdCompress' in zlib)) return {};
  const { zstdCompress, zstdDecompress, createZstdCompress, createZstdDecompress } = zlib as unknown as NodeZstd;
  const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];
  return {
    zstd: {
      encode: (bytes) => compress(bytes, whole.zstd),
      decode: (bytes, most) => decompress(bytes, { maxOutputLength: most }),
      stream: (bytes) => createZstdCompress(bytes === undefined ? passing.zstd : whole.zstd),
      decodeStream: () => createZstdDecompress({ chunkSize }),
    },
  };
}

/** The codings of this version of Node; where callers have no preference, the first one is used. */
export const codings = Object.keys(coders) as readonly ContentCoding[];

function coderOf(coding: ContentCoding): Coder {
  const coder = coders[coding];
  if (coder === undefined) throw new Error(`This version of Node has no ${coding}`);
  return coder;
}

/** The bytes in a coding, compressed outside the event loop. */
export function encode(bytes: Uint8Array, coding: ContentCoding): Promise<Uint8Array> {
  return coderOf(coding).encode(bytes);
}

/** The bytes as they were before `encode`; rejects when they are more than `most`. */
export function decode(bytes: Uint8Array, coding: ContentCoding, most: number): Promise<Uint8Array> {
  return coderOf(coding).decode(bytes, most);
}

/**
 * Compresses the content as fast as the result is read: with the fastest levels, or, where the result is kept
 * (`keptBytes`: how many the content has), as small as `encode` makes it. An error of the content also ends the result.
 */
export function encodeChunks(
  content: AsyncIterable<Uint8Array>,
  coding: ContentCoding,
  keptBytes?: number,
): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(content), coderOf(coding).stream(keptBytes), () => undefined);
}

/** `decode` as fast as the result is read. Bytes in another coding end it with an error. */
export function decodeChunks(bytes: Uint8Array, coding: ContentCoding): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from([bytes]), coderOf(coding).decodeStream(), () => undefined);
}
