export {
  countEgress,
  type EgressObserver,
  type EgressSettings,
  egressPolicy,
  egressToFeeds,
  upstreamsOf,
  openLayerEgress,
  type LayerEgress,
} from './egress';
export { openWebhooks, type WebhookSettings } from './open-webhooks';
