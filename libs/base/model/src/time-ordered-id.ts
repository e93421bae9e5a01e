/** A UUID of version 7 (RFC 9562): later ones sort after earlier ones by the millisecond. */
export function timeOrderedId(now: Date): string {
  // Not from node:crypto: web pages import the model, too.
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
