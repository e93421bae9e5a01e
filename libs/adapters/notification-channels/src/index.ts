export { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './webhook-sender';
export { standardWebhookHeaders } from './signing';
