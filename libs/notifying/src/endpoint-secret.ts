import { randomBytes } from 'node:crypto';
import { ClarionError } from '@clarion/model';

const prefix = 'whsec_';

/** A new symmetric secret in the form of Standard Webhooks 1.0: `whsec_` and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

/** Throws `invalid-input` unless it is `whsec_` and 24 to 64 bytes in base64. */
export function checkWebhookSecret(secret: string): void {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  const bytes = /^[A-Za-z0-9+/]{32,88}={0,2}$/.test(text) ? Buffer.from(text, 'base64').length : 0;
  if (bytes >= 24 && bytes <= 64) return;
  throw new ClarionError('invalid-input', 'The secret is not `whsec_` with 24 to 64 bytes in base64', {
    remedy: 'leave it out and one is made',
  });
}
