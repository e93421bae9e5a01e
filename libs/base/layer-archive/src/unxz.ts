/**
 * Decompresses all streams of an xz file, on this thread. Archives are decoded one after the other, for all callers:
 * the decoder has one shared memory.
 */
export async function* unxz(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Few archives are in this format: Node's streams for it are not loaded for the others.
  const [{ XzReadableStream }, { ReadableStream }] = await Promise.all([
    import('xz-decompress'),
    import('node:stream/web'),
  ]);
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
