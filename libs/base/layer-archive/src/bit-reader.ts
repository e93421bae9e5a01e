/** Reads bits, highest first, from bytes that are appended as they arrive. */
export class BitReader {
  private bytes = Buffer.alloc(0);
  private at = 0;
  private held = 0;
  private heldBits = 0;

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
    while (this.heldBits < count) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new Error('cut off');
      this.at += 1;
      this.held = (this.held << 8) | byte;
      this.heldBits += 8;
    }
    this.heldBits -= count;
    return (this.held >>> this.heldBits) & ((1 << count) - 1);
  }

  /** Skips the rest of a byte that was read in part. */
  align(): void {
    this.heldBits = 0;
  }
}
