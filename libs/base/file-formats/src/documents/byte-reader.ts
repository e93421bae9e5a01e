import { ClarionError } from '@clarion/model';

/** Reads a stream of chunks by numbers of bytes. Returned bytes stay valid: nothing is overwritten. */
export class ByteReader {
  /** Bytes taken or skipped so far. */
  position = 0;
  /** `room[at..used]` is not taken yet. After it may be room for more; before it nothing changes any more. */
  private room: Buffer = Buffer.alloc(0);
  private at = 0;
  private used = 0;
  private ended = false;
  private readonly source: AsyncIterator<Uint8Array>;
  private readonly label: string;

  constructor(chunks: AsyncIterable<Uint8Array>, label: string) {
    this.source = chunks[Symbol.asyncIterator]();
    this.label = label;
  }

  /**
   * The next bytes without taking them: at least `count` unless the stream ends before; more when they have arrived.
   */
  async peek(count: number): Promise<Buffer> {
    while (this.used - this.at < count && !this.ended) {
      const next = await this.next();
      if (next !== undefined) this.append(next);
    }
    return this.room.subarray(this.at, this.used);
  }

  /** Takes exactly `count` bytes. Throws `corrupt-data` when there are fewer. */
  async take(count: number): Promise<Buffer> {
    const bytes = (await this.peek(count)).subarray(0, count);
    if (bytes.length < count) throw this.cutOff();
    this.at += count;
    this.position += count;
    return bytes;
  }

  /** Skips `count` bytes without keeping them. Throws `corrupt-data` when there are fewer. */
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

  /** All remaining bytes, as chunks. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.peek(1); chunk.length > 0; chunk = await this.peek(1)) {
      await this.skip(chunk.length);
      yield chunk;
    }
  }

  /** Closes a source that was not read to its end. */
  async close(): Promise<void> {
    if (!this.ended) await this.source.return?.();
  }

  /** Room grows to twice the required size: however small the pieces are, each byte is copied a few times at most. */
  private append(next: Uint8Array): void {
    const left = this.used - this.at;
    if (left === 0) {
      this.room = Buffer.from(next.buffer, next.byteOffset, next.byteLength);
      this.at = 0;
      this.used = next.length;
      return;
    }
    if (this.used + next.length > this.room.length) {
      const wider = Buffer.allocUnsafe(2 * (left + next.length));
      this.room.copy(wider, 0, this.at, this.used);
      this.room = wider;
      this.at = 0;
      this.used = left;
    }
    this.room.set(next, this.used);
    this.used += next.length;
  }

  /** A source that failed has ended: it must not be closed. */
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
