import type { WebhookMessage } from '@clarion/model';

/** A request's body with the headers that belong to it. */
export interface WebhookBody {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BodyContext {
  /** Base of Clarion's addresses for receivers, without a slash at the end. */
  readonly publicUrl: string;
  /** Put the images into the body, where they fit. */
  readonly full: boolean;
}

/** Id of a message: the same for every attempt and every endpoint. */
export function messageId(message: WebhookMessage): string {
  return message.kind === 'test' ? message.id : message.notification.id;
}
