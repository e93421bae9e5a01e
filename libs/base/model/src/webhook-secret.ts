/** Signatures of Standard Webhooks 1.0: HMAC-SHA256 with a shared secret, or Ed25519 with a key pair. */
export const webhookSignatures = ['v1', 'v1a'] as const;
export type WebhookSignature = (typeof webhookSignatures)[number];

/** The forms of secrets, also for API documents: bytes in base64, 24 to 64 of them, or 32 or 64 of a key pair. */
export const webhookSecretPattern =
  /^(?:whsec_[A-Za-z0-9+/]{32,86}={0,2}|whsk_(?:[A-Za-z0-9+/]{43}=?|[A-Za-z0-9+/]{86}(?:==)?))$/;
