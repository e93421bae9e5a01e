import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { ClarionError } from '@clarion/model';

/** A key pair that signs webhooks (Standard Webhooks 1.0, `v1a`: Ed25519). */
export interface SigningKey {
  /** `whpk_` and the 32 bytes of the public key in base64: receivers verify with it. Not secret. */
  readonly publicKey: string;
  /** The signature, 64 bytes. */
  sign(content: string): Buffer;
}

const prefix = 'whsk_';
const seedBytes = 32;
/** The bytes before the seed of a private key in PKCS #8 (RFC 8410 §7). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Whether this is the secret of a key pair, by its prefix. */
export function isSigningKey(secret: string): boolean {
  return secret.startsWith(prefix);
}

/**
 * Reads `whsk_` and base64 of the seed (32 bytes), or of seed and public key (64 bytes), as libraries write it. Throws
 * `invalid-input` for anything else.
 */
export function parseSigningKey(secret: string): SigningKey {
  const text = isSigningKey(secret) ? secret.slice(prefix.length) : '';
  const bytes = /^[A-Za-z0-9+/]{43,88}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length !== seedBytes && bytes.length !== 2 * seedBytes) throw noKey();
  const der = Buffer.concat([pkcs8, bytes.subarray(0, seedBytes)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const open = publicBytes(key);
  if (bytes.length === 2 * seedBytes && !bytes.subarray(seedBytes).equals(open)) throw noKey();
  return { publicKey: `whpk_${open.toString('base64')}`, sign: (content) => sign(null, Buffer.from(content), key) };
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
}

function noKey(): ClarionError {
  return new ClarionError('invalid-input', 'The secret is not `whsk_` with an Ed25519 key (32 or 64 bytes) in base64', {
    remedy: 'leave it out and one is made',
  });
}
