/**
 * Decodes a name's bytes. Names are bytes, mostly UTF-8. A name that is not valid UTF-8 loses nothing: each byte that
 * is not part of a character becomes `\xHH`, and a backslash in such a name becomes `\\`.
 */
export function decodeName(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // The replacement character indicates an invalid byte, unless the name really has that character.
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? escapeInvalid(bytes) : text;
}

/** Goes byte by byte: only used for names that are not UTF-8. */
function escapeInvalid(bytes: Buffer): string {
  let escaped = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    if (length === 0) escaped += `\\x${bytes.toString('hex', at, at + 1)}`;
    else escaped += bytes.toString('utf8', at, at + length).replace('\\', '\\\\');
    at += Math.max(length, 1);
  }
  return escaped;
}

/** Bytes of the valid UTF-8 character at `at`, 0 when there is none. */
function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const character = bytes.subarray(at, at + length);
  return Buffer.from(character.toString('utf8')).equals(character) && character.length === length ? length : 0;
}
