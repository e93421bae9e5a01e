/** A byte stream, and how many bytes have passed so far. */
export interface CountedBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly received: () => number;
}

/** Counts the bytes read from a body. */
export function counted(body: AsyncIterable<Uint8Array>): CountedBody {
  let total = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      total += chunk.length;
      yield chunk;
    }
  }
  return { bytes: bytes(), received: () => total };
}
