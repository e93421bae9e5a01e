import { ReadableStream } from 'node:stream/web';

/** The decoder's own buffer: it never holds more of what it was given. */
const stepBytes = 64 * 1024;
const streamMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/**
 * Decompresses one xz stream on this thread. The decoder stops after the first stream, so more than one is an error
 * and not a short result. Streams are decoded one after the other, whoever asks.
 */
export async function* unxz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const source = steps(chunks);
  let lastStep: Uint8Array = Buffer.alloc(0);
  const input = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await source.next();
        // Left to itself the decoder asks for ever for the rest of data that are cut off.
        if (next.done === true) controller.error(new Error('cut off'));
        else controller.enqueue((lastStep = next.value));
      },
    },
    { highWaterMark: 0 },
  );
  try {
    for await (const chunk of new XzReadableStream(input)) yield chunk;
    const more = Buffer.from(lastStep.buffer, lastStep.byteOffset, lastStep.byteLength).lastIndexOf(streamMagic);
    if (more > 0 || (await source.next()).done !== true) throw new Error('data after the end of the xz stream');
  } finally {
    await source.return(undefined);
  }
}

async function* steps(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += stepBytes) yield chunk.subarray(at, at + stepBytes);
  }
}
