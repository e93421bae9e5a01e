import { createHash } from 'node:crypto';
import { ClarionError, type Digest } from '@clarion/model';

/** Digest of `bytes` with the algorithm that `like` names. */
export function digestLike(like: Digest, bytes: Uint8Array): Digest {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

export function sha256Of(bytes: Uint8Array): Digest {
  return digestLike('sha256:', bytes);
}

/** Throws `digest-mismatch` when the bytes are not what they are declared to be. */
export function verifyDigest(bytes: Uint8Array, declared: Digest, label: string): void {
  const computed = digestLike(declared, bytes);
  if (computed !== declared) {
    throw new ClarionError('digest-mismatch', `${label} should have the digest ${declared} but has ${computed}`);
  }
}
