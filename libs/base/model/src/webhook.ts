import type { AffectedImage, Endpoint, Notification } from './notification';

/** What a webhook receiver is told. */
export type WebhookMessage =
  | {
      readonly kind: 'notification';
      readonly notification: Notification;
      /** The images that the endpoint wants to hear of; undefined when they are more than `limit`. */
      readonly images: (limit: number) => Promise<readonly AffectedImage[] | undefined>;
    }
  /** Tells nothing: whether the way to the receiver works. */
  | { readonly kind: 'test'; readonly id: string };

/** How one attempt to tell it ended. */
export interface WebhookAnswer {
  /** Null when no answer came. */
  readonly status: number | null;
  /** `timeout`, `egress-denied`, `upstream-unavailable`, …: why no answer came; null when one did. */
  readonly error: string | null;
  /** First 1 KiB of the answer, or what was wrong; without control characters and without any secret that was sent. */
  readonly answer: string;
  /** `Retry-After` as the receiver wrote it. */
  readonly retryAfter?: string;
}

/** Sends one message to an endpoint, once: no redirects, no repetition. Only rejects when `signal` aborts it. */
export type SendWebhook = (endpoint: Endpoint, message: WebhookMessage, signal: AbortSignal) => Promise<WebhookAnswer>;
