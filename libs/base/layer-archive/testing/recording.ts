import type { LayerEntry, LayerVisitor } from '@clarion/model';

/** A visitor that requests all files up to `maxBytes` and records everything it receives. */
export interface RecordedLayer extends LayerVisitor {
  readonly entries: LayerEntry[];
  readonly contents: Map<string, Buffer>;
  readonly tooLarge: string[];
  entry(entry: LayerEntry): number | undefined;
}

export function record(maxBytes = Infinity): RecordedLayer {
  const entries: LayerEntry[] = [];
  const contents = new Map<string, Buffer>();
  const tooLarge: string[] = [];
  return {
    entries,
    contents,
    tooLarge,
    entry(entry) {
      entries.push(entry);
      return entry.type === 'file' ? maxBytes : undefined;
    },
    content(entry, content) {
      contents.set(entry.path, Buffer.from(content));
    },
    oversized(entry) {
      tooLarge.push(entry.path);
    },
  };
}

/** The bytes as chunks of `size`. */
export async function* chunked(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The outcome of a promise: `ok`, or the code and message of the error. */
export async function resultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    return 'code' in error ? `${String(error.code)}: ${error.message}` : error.message;
  }
}
