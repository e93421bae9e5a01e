/** Bytes on their way, and how many of them came by so far. */
export interface Counted {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly received: () => number;
}

/** Counts what is read of a body. */
export function counted(body: AsyncIterable<Uint8Array>): Counted {
  let total = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      total += chunk.length;
      yield chunk;
    }
  }
  return { bytes: bytes(), received: () => total };
}
