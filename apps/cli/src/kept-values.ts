import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Nothing that is kept is larger as JSON. */
const mostBytes = 64 * 1024 ** 2;

/** A value as it is kept: deflated JSON. */
export function pack(value: unknown): Buffer {
  return deflateRawSync(JSON.stringify(value), { level: 1 });
}

/** The value of such bytes; undefined for other ones, and for what would be larger than anything that is kept. */
export function unpack(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(inflateRawSync(bytes, { maxOutputLength: mostBytes }).toString());
  } catch {
    return undefined;
  }
}

const lineFeed = 0x0a;

/** A value behind another one that can be read without it. */
export function packBehind(first: unknown, value: unknown): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(first)}\n`), pack(value)]);
}

/** The two parts of such bytes: a value, and one that is still packed. Undefined for other bytes. */
export function partsOf(bytes: Uint8Array): readonly [first: unknown, packed: Uint8Array] | undefined {
  const end = bytes.indexOf(lineFeed);
  try {
    const first: unknown = JSON.parse(Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString());
    return [first, bytes.subarray(end + 1)];
  } catch {
    return undefined;
  }
}
