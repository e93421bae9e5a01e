import { createHash } from 'node:crypto';
import { ClarionError, type Digest, isDigest } from '@clarion/model';

export type DigestAlgorithm = 'sha256' | 'sha512';

/** The declared digests of a layer. */
export interface ExpectedDigests {
  /** Of the bytes as stored. */
  readonly blob?: Digest;
  /** Of the uncompressed tar. */
  readonly diffId?: Digest;
}

/** A digest that is being computed. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  digest(): Digest;
}

export function createHasher(algorithm: DigestAlgorithm): Hasher {
  const hash = createHash(algorithm);
  return {
    update(chunk) {
      hash.update(chunk);
    },
    digest: () => `${algorithm}:${hash.digest('hex')}`,
  };
}

/** The algorithm of a declared digest; sha256 without one. Throws `invalid-input` for an invalid digest. */
export function algorithmOf(declared: Digest | undefined, label: string): DigestAlgorithm {
  if (declared === undefined) return 'sha256';
  const known: boolean = isDigest(declared);
  if (!known) throw new ClarionError('invalid-input', `${label}: ${declared} is not a sha256 or sha512 digest`);
  return declared.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** Throws `digest-mismatch` when `computed` differs from the declared digest. */
export function verifyDigest(what: string, declared: Digest | undefined, computed: Digest): void {
  if (declared === undefined || declared === computed) return;
  throw new ClarionError('digest-mismatch', `${what} is ${computed}, not ${declared} as declared`);
}
