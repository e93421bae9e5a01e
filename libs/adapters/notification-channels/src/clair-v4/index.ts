import type { WebhookMessage } from '@clarion/model';
import { messageId, type WebhookBody } from '../webhook-body';

/** Body of Clair 4: the id, and the address of its pages. `callbackBase` ends with a slash. */
export function clairV4Body(message: WebhookMessage, callbackBase: string): WebhookBody {
  const id = messageId(message);
  return {
    body: JSON.stringify({ notification_id: id, callback: callbackBase + id }),
    headers: { 'content-type': 'application/json' },
  };
}
