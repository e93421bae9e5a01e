import type { Digest } from '@clarion/model';

/** Digests by number: half of their bytes in the plain form is hexadecimal. */
export interface PackedDigests {
  /** 32 bytes for each number: the hash, of those that are SHA-256. */
  readonly sha256: Uint8Array;
  /** By number, those that are not. */
  readonly others: readonly (readonly [number: number, digest: Digest])[];
}

const prefix = 'sha256:';
const hexLength = 64;
const pattern = /^sha256:[0-9a-f]{64}$/;
const zeros = '0'.repeat(hexLength);

export function packDigests(digests: readonly Digest[]): PackedDigests {
  const others: (readonly [number, Digest])[] = [];
  const hashes = digests.map((digest, number) => {
    if (pattern.test(digest)) return digest.slice(prefix.length);
    others.push([number, digest]);
    return zeros;
  });
  return { sha256: Buffer.from(hashes.join(''), 'hex'), others };
}

/** The bytes of `packed` are only read by this call: they may be a view of the file. */
export function unpackDigests({ sha256, others }: PackedDigests): (number: number) => Digest {
  const hashes = Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString('hex');
  const different = new Map(others);
  return (number) => different.get(number) ?? prefix + hashes.slice(number * hexLength, (number + 1) * hexLength);
}
