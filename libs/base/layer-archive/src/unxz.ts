import { ReadableStream } from 'node:stream/web';

/**
 * Decompresses xz, all streams of it, on this thread. Archives are decoded one after the other, whoever asks: the
 * decoder has one memory for all.
 */
export async function* unxz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const source = chunks[Symbol.asyncIterator]();
  const input = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await source.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
  try {
    for await (const chunk of new XzReadableStream(input)) yield chunk;
  } finally {
    await source.return?.();
  }
}
