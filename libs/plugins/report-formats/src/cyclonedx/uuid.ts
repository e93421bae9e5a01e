import { createHash } from 'node:crypto';

/** Clarion's own name space for UUIDs made of content; a random one, fixed for ever. */
const nameSpace = Buffer.from('5a0a2f3c1d7e4b0c9f6e8b2d4c7a1e93', 'hex');

/** UUID version 5 (RFC 9562 §5.5) of the text in pieces: the same text, the same UUID. */
export function contentUuid(pieces: Iterable<string>): string {
  const hash = createHash('sha1').update(nameSpace);
  for (const piece of pieces) hash.update(piece);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
