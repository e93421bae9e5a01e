import type { AffectedImage, NotificationEndpoint, Notification } from './notification';

/** The message for a webhook receiver. */
export type WebhookMessage =
  | {
      readonly kind: 'notification';
      readonly notification: Notification;
      /** The images that the endpoint's filter selects; undefined when there are more than `limit`. */
      readonly images: (limit: number) => Promise<readonly AffectedImage[] | undefined>;
    }
  /** Without content: tests the connection to the receiver. */
  | { readonly kind: 'test'; readonly id: string };

/** The result of one delivery attempt. */
export interface WebhookAnswer {
  /** Null when no answer came. */
  readonly status: number | null;
  /** `timeout`, `egress-denied`, `upstream-unavailable`, …: why no answer came; null when one did. */
  readonly error: string | null;
  /** First 1 KiB of the answer, or the error; with unprintable characters escaped (`\u{1b}`), and without any secret that was sent. */
  readonly answer: string;
  /** `Retry-After` as the receiver wrote it. */
  readonly retryAfter?: string;
}

/** Sends one message to an endpoint, once: no redirects, no retries. Only rejects when `signal` aborts it. */
export type SendWebhook = (
  endpoint: NotificationEndpoint,
  message: WebhookMessage,
  signal: AbortSignal,
) => Promise<WebhookAnswer>;
