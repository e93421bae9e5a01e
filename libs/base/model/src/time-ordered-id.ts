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

/** The smallest time-ordered id at or after a time. */
export function firstTimeOrderedId(since: Date): string {
  const time = Math.max(0, since.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/**
 * An id that sorts after `last`, even in the same millisecond and when the clock went back: then it is of the
 * millisecond after that of `last`.
 */
export function laterTimeOrderedId(now: Date, last: string | undefined): string {
  const id = timeOrderedId(now);
  return last === undefined || id > last ? id : timeOrderedId(new Date(millisOf(last) + 1));
}

/** The time of a time-ordered id of any version, in milliseconds since 1970. */
function millisOf(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
