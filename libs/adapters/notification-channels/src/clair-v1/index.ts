import type { WebhookMessage } from '@clarion/model';
import { messageId, type WebhookBody } from '../webhook-body';

/** Body of Clair 1 and 2: only the name, which the receiver queries at `/v1/notifications/{name}`. */
export function clairV1Body(message: WebhookMessage): WebhookBody {
  return {
    body: JSON.stringify({ Notification: { Name: messageId(message) } }),
    headers: { 'content-type': 'application/json' },
  };
}
