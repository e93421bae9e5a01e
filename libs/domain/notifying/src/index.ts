export { checkEndpointInput, type EndpointInput } from './endpoint-input';
export { runDeadlines, type RunDeadlinesDeps } from './deadlines/run-deadlines';
export { newWebhookSecret } from './endpoint-secret';
export {
  createEndpoint,
  currentSecrets,
  disableEndpoint,
  removeEndpoint,
  rotateSecret,
  testEndpoint,
  updateEndpoint,
  viewEndpoint,
  type EndpointDeps,
  type EndpointView,
  type EndpointWithSecret,
  type TestResult,
} from './endpoints';
export {
  acknowledgeNotification,
  replayEndpoint,
  replayNotification,
  type EndpointReplay,
  type ReplayDeps,
} from './replay';
export { notifyChange, type NotifyChangeDeps } from './notify-change';
export { firstNotificationId, notificationId, updateMillis } from './notification-id';
export { createDeliverer, type WebhookDeliverer, type DelivererDeps } from './deliverer';
export type { DeliveryReport } from './deliver';
export { defaultDeliverySettings, type DeliverySettings } from './delivery-schedule';
export { ownersBeside } from './composition-subject';
export { readOnce } from './read-once';
export { isReferenced, referencesNow, type ReferencesNow } from './references-now';
export { recountCompositions, type RecountDeps } from './recount-compositions';
export { defaultRetention, forgetOld, type RetentionPeriods, runRetention, type RetentionDeps } from './retention';
