import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ClarionError } from '@clarion/model';

/** How much may come out of a compressed document. */
export interface DecompressLimits {
  /** Bytes after decompression. */
  readonly maxBytes: number;
  /** Most bytes out for one byte in, once `ratioAfter` bytes are out. */
  readonly ratio: number;
  readonly ratioAfter: number;
}

export const defaultDecompressLimits: DecompressLimits = {
  maxBytes: 8 * 1024 ** 3,
  ratio: 200,
  ratioAfter: 100 * 1024 ** 2,
};

type Decoder = (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

interface Form {
  readonly suffix: string;
  readonly magic: readonly number[];
  readonly decode: Decoder;
}

const forms: readonly Form[] = [
  { suffix: '.gz', magic: [0x1f, 0x8b], decode: gunzip },
  { suffix: '.xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], decode: unxz },
  { suffix: '.zst', magic: [0x28, 0xb5, 0x2f, 0xfd], decode: unzstd },
  { suffix: '.bz2', magic: [0x42, 0x5a, 0x68], decode: bunzip2 },
];

/** Suffixes under which a document may also be stored. */
export const compressionSuffixes: readonly string[] = forms.map((form) => form.suffix);

/** `name` without its compression suffix, if it has one. */
export function stripSuffix(name: string): string {
  const suffix = compressionSuffixes.find((ending) => name.endsWith(ending) && name.length > ending.length);
  return suffix === undefined ? name : name.slice(0, -suffix.length);
}

/**
 * Yields the plain bytes of `body`, whose form is told by its first bytes: names and headers are often wrong (a `.gz`
 * that a proxy has unpacked already). Throws `corrupt-data` for broken or cut-off data, `limit-exceeded` for bombs.
 */
export async function* decompress(
  body: AsyncIterable<Uint8Array>,
  limits: DecompressLimits = defaultDecompressLimits,
): AsyncGenerator<Uint8Array> {
  const counted = { in: 0, out: 0 };
  const { head, whole } = await peek(count(body, counted));
  const form = forms.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  const plain = form === undefined ? whole : labelled(form, whole);
  for await (const chunk of plain) {
    counted.out += chunk.length;
    if (counted.out > limits.maxBytes) {
      throw new ClarionError('limit-exceeded', `Document is larger than ${limits.maxBytes} bytes`);
    }
    if (form !== undefined && counted.out > limits.ratioAfter && counted.out > counted.in * limits.ratio) {
      throw new ClarionError('limit-exceeded', `Document unpacks to more than ${limits.ratio} times its size`);
    }
    if (chunk.length > 0) yield chunk;
  }
}

async function* count(body: AsyncIterable<Uint8Array>, counted: { in: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    counted.in += chunk.length;
    yield chunk;
  }
}

/** The first bytes (6 where there are so many) and the body with them still in place. */
async function peek(
  body: AsyncGenerator<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly whole: AsyncIterable<Uint8Array> }> {
  let head = Buffer.alloc(0);
  while (head.length < 6) {
    const next = await body.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* body;
  }
  return { head, whole: whole() };
}

/** A decoder's own errors become `corrupt-data`; errors of the source (network, limits) stay what they are. */
async function* labelled(form: Form, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source: { failure?: unknown } = {};
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      source.failure = error;
      throw error;
    }
  }
  try {
    yield* form.decode(watched());
  } catch (cause) {
    if ('failure' in source) throw source.failure;
    if (cause instanceof ClarionError) throw cause;
    throw new ClarionError('corrupt-data', `Compressed document (${form.suffix}) is damaged or cut off`, { cause });
  }
}

async function* gunzip(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = createGunzip({ chunkSize: 128 * 1024 });
  const pumping = pipeline(body, decoder);
  // The reader below reports the failure; this one only must not be unhandled.
  pumping.catch(() => undefined);
  try {
    yield* decoder as AsyncIterable<Uint8Array>;
  } finally {
    decoder.destroy();
  }
}

async function* unxz(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const source = Readable.toWeb(Readable.from(body, { objectMode: false })) as ReadableStream<Uint8Array>;
  const reader = new XzReadableStream(source).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** More empty steps than a healthy stream ever takes: the decoder does not notice that it is stuck on damaged data. */
const maxEmptySteps = 1000;
const maxZstdBytes = 512 * 1024 ** 2;

/** The decoder pulls synchronously, so the compressed bytes (tens of megabytes at most) are collected first. */
async function* unzstd(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxZstdBytes) throw new ClarionError('limit-exceeded', `zstd document is over ${maxZstdBytes} bytes`);
  }
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let empty = 0;
  for (const out of decoder.decodeStreaming(chunks)) {
    empty = out.length === 0 ? empty + 1 : 0;
    if (empty > maxEmptySteps) throw new Error('damaged zstd data');
    yield out;
  }
}

async function* bunzip2(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { default: unbzip2 } = await import('unbzip2-stream');
  const decoder = unbzip2();
  const out: Uint8Array[] = [];
  const failures: unknown[] = [];
  decoder.on('data', (chunk: Uint8Array) => out.push(chunk));
  decoder.on('error', (error: unknown) => failures.push(error));
  function* drain(): Generator<Uint8Array> {
    if (failures.length > 0) throw failures[0] instanceof Error ? failures[0] : new Error('damaged bzip2 data');
    yield* out.splice(0);
  }
  // Small pieces, since each write decodes all whole blocks in it at once.
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; at += 65_536) {
      decoder.write(Buffer.from(chunk.subarray(at, at + 65_536)));
      yield* drain();
    }
  }
  decoder.end();
  yield* drain();
}
