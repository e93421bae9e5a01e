import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { ClarionError } from '@clarion/model';

/** Signs the digest of a bundle's lines (hex); the signature is base64. */
export type SignBundle = (sha256: string) => string;

/** Whether the signature of a bundle with this digest was made with the expected key. */
export type VerifyBundle = (sha256: string, signature: string | undefined) => boolean;

/** The signed text: the purpose precedes the digest, so a signature made for something else is invalid for a bundle. */
function signedText(sha256: string): Buffer {
  return Buffer.from(`clarion bundle sha256:${sha256}\n`);
}

/** Signs with an Ed25519 private key (PEM, PKCS #8). Throws `invalid-input` for any other key. */
export function bundleSigner(pem: string): SignBundle {
  const key = ed25519(() => createPrivateKey(pem), 'private');
  return (sha256) => sign(null, signedText(sha256), key).toString('base64');
}

/** Verifies with an Ed25519 public key (PEM, SPKI). Throws `invalid-input` for any other key. */
export function bundleVerifier(pem: string): VerifyBundle {
  const key = ed25519(() => createPublicKey(pem), 'public');
  return (sha256, signature) =>
    signature !== undefined && verify(null, signedText(sha256), key, Buffer.from(signature, 'base64'));
}

function ed25519(read: () => KeyObject, kind: 'private' | 'public'): KeyObject {
  const remedy = 'make a pair with openssl genpkey -algorithm ed25519, and openssl pkey -pubout (docs/air-gapped.md)';
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    throw new ClarionError('invalid-input', `The key is not a ${kind} key in PEM`, { cause, remedy });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new ClarionError('invalid-input', `The ${kind} key is not of Ed25519`, { remedy });
}
