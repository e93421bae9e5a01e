/** A copy of a file with some bytes replaced. */
export function changed(file: Uint8Array, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
}
