import { createHmac } from 'node:crypto';
import { isSigningKey, parseSigningKey } from '@clarion/sealing';

export interface SignedMessage {
  /** Constant over all attempts; without dots. */
  readonly id: string;
  readonly at: Date;
  /** The very bytes that are sent. */
  readonly body: string;
}

/**
 * Headers of Standard Webhooks 1.0: the body signed with each secret, the current one first, so that a receiver with
 * the previous secret can verify too. `whsec_` and a key in base64 sign `v1` (HMAC-SHA256), `whsk_` signs `v1a`
 * (Ed25519).
 */
export function standardWebhookHeaders(
  { id, at, body }: SignedMessage,
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const content = `${id}.${timestamp}.${body}`;
  const signatures = secrets.map((secret) => signatureOf(content, secret));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function signatureOf(content: string, secret: string): string {
  if (isSigningKey(secret)) return `v1a,${parseSigningKey(secret).sign(content).toString('base64')}`;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
