/** Every HTTP/2 connection begins with these bytes (RFC 9113, section 3.4), and no HTTP/1.1 request does. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Whether a connection that begins with these bytes uses HTTP/2; undefined when more bytes are needed. */
export function isHttp2(first: Uint8Array): boolean | undefined {
  const compared = Math.min(first.length, preface.length);
  if (!preface.subarray(0, compared).equals(first.subarray(0, compared))) return false;
  return compared < preface.length ? undefined : true;
}
