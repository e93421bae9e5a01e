import { createHmac } from 'node:crypto';

export interface Signed {
  /** Constant over all attempts; without dots. */
  readonly id: string;
  readonly at: Date;
  /** The very bytes that are sent. */
  readonly body: string;
}

/**
 * Headers of Standard Webhooks 1.0: the body signed with each secret (`whsec_` and the key in base64), the current one
 * first, so that a receiver that still has the secret before it can verify too.
 */
export function standardWebhookHeaders(
  { id, at, body }: Signed,
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
