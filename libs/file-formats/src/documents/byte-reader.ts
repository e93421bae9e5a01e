import { ClarionError } from '@clarion/model';

/** Reads a stream of chunks by numbers of bytes. What was taken stays valid: nothing is overwritten. */
export class ByteReader {
  /** Bytes taken or skipped so far. */
  position = 0;
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;
  private ended = false;
  private readonly source: AsyncIterator<Uint8Array>;
  private readonly label: string;

  constructor(chunks: AsyncIterable<Uint8Array>, label: string) {
    this.source = chunks[Symbol.asyncIterator]();
    this.label = label;
  }

  /** The next bytes without taking them: at least `count` unless the stream ends before; more when they are there. */
  async peek(count: number): Promise<Buffer> {
    if (this.buffer.length - this.at < count && !this.ended) await this.fill(count);
    return this.buffer.subarray(this.at);
  }

  /** Takes exactly `count` bytes. Throws `corrupt-data` when there are fewer. */
  async take(count: number): Promise<Buffer> {
    const bytes = (await this.peek(count)).subarray(0, count);
    if (bytes.length < count) throw this.cutOff();
    this.at += count;
    this.position += count;
    return bytes;
  }

  /** Passes over `count` bytes without keeping them. Throws `corrupt-data` when there are fewer. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const here = await this.peek(1);
      if (here.length === 0) throw this.cutOff();
      const step = Math.min(left, here.length);
      this.at += step;
      this.position += step;
      left -= step;
    }
  }

  /** Everything that was not taken, as chunks. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.peek(1); chunk.length > 0; chunk = await this.peek(1)) {
      await this.skip(chunk.length);
      yield chunk;
    }
  }

  /** Lets go of a source that was not read to its end. */
  async close(): Promise<void> {
    if (!this.ended) await this.source.return?.();
  }

  private async fill(count: number): Promise<void> {
    const parts = [this.buffer.subarray(this.at)];
    let size = parts[0]?.length ?? 0;
    while (size < count) {
      const next = await this.next();
      if (next === undefined) break;
      parts.push(Buffer.from(next.buffer, next.byteOffset, next.byteLength));
      size += next.length;
    }
    this.buffer = parts.length === 2 && parts[0]?.length === 0 ? (parts[1] ?? this.buffer) : Buffer.concat(parts, size);
    this.at = 0;
  }

  /** A source that failed has ended: it is not to be told to stop. */
  private async next(): Promise<Uint8Array | undefined> {
    let ended = true;
    try {
      const next = await this.source.next();
      ended = next.done === true;
      return next.done === true ? undefined : next.value;
    } finally {
      this.ended = ended;
    }
  }

  private cutOff(): ClarionError {
    return new ClarionError('corrupt-data', `${this.label}: cut off after ${this.position} bytes`);
  }
}
