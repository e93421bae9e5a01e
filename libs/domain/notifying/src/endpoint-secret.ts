import { randomBytes } from 'node:crypto';
import { ClarionError, webhookSecretPattern, type WebhookSignature } from '@clarion/model';
import { isSigningKey, parseSigningKey } from '@clarion/sealing';

const prefix = 'whsec_';

/**
 * A new secret in the form of Standard Webhooks 1.0: `whsec_`, or `whsk_` for a key pair, and 32 random bytes in
 * base64.
 */
export function newWebhookSecret(signature: WebhookSignature = 'v1'): string {
  return (signature === 'v1' ? prefix : 'whsk_') + randomBytes(32).toString('base64');
}

/** The key that a receiver verifies with: the public key of a pair, otherwise the secret itself. */
export function verifyingKey(secret: string): string {
  return isSigningKey(secret) ? parseSigningKey(secret).publicKey : secret;
}

/** Throws `invalid-input` unless it is `whsec_` and 24 to 64 bytes in base64, or `whsk_` and an Ed25519 key. */
export function checkWebhookSecret(secret: string): void {
  if (isSigningKey(secret)) {
    parseSigningKey(secret);
    return;
  }
  if (webhookSecretPattern.test(secret)) return;
  throw new ClarionError('invalid-input', 'The secret is not `whsec_` with 24 to 64 bytes in base64', {
    remedy: 'leave it out and one is made',
  });
}
