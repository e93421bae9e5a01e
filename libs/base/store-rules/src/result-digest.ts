import { createHash } from 'node:crypto';

/** What is stored beside a result, to recognise one that was damaged. */
export function digestOfResult(name: string, bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(`${name}\n`).update(bytes).digest();
}

/** Whether these are the bytes that were put under the name. */
export function isResult(name: string, bytes: unknown, digest: unknown): bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array && digest instanceof Uint8Array)) return false;
  return Buffer.from(digestOfResult(name, bytes)).equals(digest);
}
