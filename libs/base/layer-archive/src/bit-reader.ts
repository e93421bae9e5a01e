/** Reads bits, highest first, from bytes that are appended as they arrive. */
export class BitReader {
  private bytes = Buffer.alloc(0);
  private at = 0;
  private bufferedBits = 0;
  private bufferedCount = 0;

  get bytesLeft(): number {
    return this.bytes.length - this.at;
  }

  /** Appends all of `chunks` at once: the unread rest is copied. */
  append(chunks: readonly Uint8Array[]): void {
    this.bytes = Buffer.concat([this.bytes.subarray(this.at), ...chunks]);
    this.at = 0;
  }

  /** The next `count` bits (at most 24). Throws when there are fewer. */
  read(count: number): number {
    while (this.bufferedCount < count) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new Error('cut off');
      this.at += 1;
      this.bufferedBits = (this.bufferedBits << 8) | byte;
      this.bufferedCount += 8;
    }
    this.bufferedCount -= count;
    return (this.bufferedBits >>> this.bufferedCount) & ((1 << count) - 1);
  }

  /** Skips the rest of a byte that was read in part. */
  align(): void {
    this.bufferedCount = 0;
  }
}
