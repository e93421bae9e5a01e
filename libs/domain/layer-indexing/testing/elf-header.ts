/**
 * The header of an ELF file, by default of an x86-64 program. `type` is 1 for objects, 2 and 3 for loadable files, 4
 * for core dumps.
 */
export function elfHeader({ type = 2, bigEndian = false } = {}): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('\u007fELF');
  bytes.set([2, bigEndian ? 2 : 1, 1], 4);
  if (bigEndian) bytes.writeUInt16BE(type, 16);
  else bytes.writeUInt16LE(type, 16);
  return bytes;
}
