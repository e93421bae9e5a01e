import { createDeadline } from '@clarion/deadlines';
import {
  ClarionError,
  type AffectedImage,
  type NotificationDelivery,
  type NotificationEndpoint,
  type Log,
  type Notification,
  type SendWebhook,
  type WebhookAnswer,
  type DeliveryStore,
  type EndpointStore,
  type NotificationStore,
} from '@clarion/model';
import { afterAttempt, type AttemptResult, type DeliverySettings } from './delivery-schedule';
import { acceptsImage } from './endpoint-filter';
import { disableEndpoint } from './endpoints';
import { updateMillis } from './notification-id';
import { settleNotification } from './settle-notification';

export interface DeliverDeps {
  readonly store: Pick<NotificationStore, 'notification' | 'setNotificationState' | 'affectedImages'> &
    Pick<EndpointStore, 'endpoint' | 'putEndpoint'> &
    Pick<DeliveryStore, 'deliveries' | 'putDelivery'>;
  readonly send: SendWebhook;
  readonly settings: DeliverySettings;
  readonly now: () => Date;
  readonly log: Log;
  /** Called after an attempt, for metrics. */
  readonly onAttempt?: (attempt: DeliveryReport) => void;
}

export interface DeliveryReport {
  readonly result: 'ok' | 'retry' | 'dead' | 'disabled';
  /** Duration of the attempt. */
  readonly millis: number;
  /** From the update of the feed to this delivery, if the first attempt succeeded. */
  readonly latencyMillis?: number;
}

const reportResults = { delivered: 'ok', retry: 'retry', dead: 'dead', gone: 'disabled' } as const;
const pageSize = 500;

/**
 * Processes a claimed delivery once: sends it and stores the result. Resolves to the result; undefined when there was
 * nothing left to send. Rejects only when the store does: the claim then expires, and the delivery is retried.
 */
export async function deliver(
  delivery: NotificationDelivery,
  endpoint: NotificationEndpoint,
  deps: DeliverDeps,
): Promise<AttemptResult | undefined> {
  const { store } = deps;
  const notification = await store.notification(delivery.notification);
  if (notification === undefined || notification.state === 'acknowledged') {
    await store.putDelivery(withoutClaim(delivery, notification === undefined ? 'dead' : 'delivered'));
    return undefined;
  }
  if (notification.state === 'created') await store.setNotificationState(notification.id, 'delivering');
  const attempted = await attempt(delivery, { endpoint, notification }, deps);
  await store.putDelivery(attempted.delivery);
  if (attempted.result !== 'retry') await settleNotification(notification.id, store);
  if (attempted.result === 'gone' || attempted.result === 'dead') await giveUp(endpoint, attempted, deps);
  return attempted;
}

function withoutClaim(
  { claimedUntil: _, ...delivery }: NotificationDelivery,
  state: NotificationDelivery['state'],
): NotificationDelivery {
  return { ...delivery, state };
}

interface To {
  readonly endpoint: NotificationEndpoint;
  readonly notification: Notification;
}

async function attempt(delivery: NotificationDelivery, to: To, deps: DeliverDeps): Promise<AttemptResult> {
  const { now, settings, onAttempt } = deps;
  const startedAt = now();
  const answer = await sendOnce(to, deps);
  const endedAt = now();
  const attempted = afterAttempt(delivery, { answer, startedAt, endedAt, random: Math.random() }, settings);
  const isFirst = attempted.result === 'delivered' && delivery.attempts === 0 && delivery.log.length === 0;
  onAttempt?.({
    result: reportResults[attempted.result],
    millis: endedAt.getTime() - startedAt.getTime(),
    ...(isFirst ? { latencyMillis: endedAt.getTime() - updateMillis(to.notification.id) } : {}),
  });
  return attempted;
}

async function sendOnce({ endpoint, notification }: To, deps: DeliverDeps): Promise<WebhookAnswer> {
  const images = (limit: number): Promise<readonly AffectedImage[] | undefined> =>
    acceptedImages({ endpoint, notification }, limit, deps.store);
  const { signal, clear } = createDeadline(deps.settings.attempt);
  try {
    return await deps.send(endpoint, { kind: 'notification', notification, images }, signal);
  } catch (error) {
    if (signal.aborted) return { status: null, error: 'timeout', answer: '' };
    deps.log.error('A webhook could not be made', { endpoint: endpoint.id, notification: notification.id, error });
    return { status: null, error: error instanceof ClarionError ? error.code : 'internal', answer: '' };
  } finally {
    clear();
  }
}

async function acceptedImages(
  { endpoint, notification }: To,
  limit: number,
  store: Pick<NotificationStore, 'affectedImages'>,
): Promise<readonly AffectedImage[] | undefined> {
  const accepted: AffectedImage[] = [];
  let after: string | undefined;
  do {
    const request = { limit: pageSize, ...(after === undefined ? {} : { after }) };
    const page = await store.affectedImages(notification.id, {}, request);
    accepted.push(...page.items.filter((image) => acceptsImage(endpoint.filter, image, notification)));
    if (accepted.length > limit) return undefined;
    after = page.next;
  } while (after !== undefined);
  return accepted;
}

/**
 * Disables an endpoint that no longer wants deliveries or could not be reached for days; nothing is sent until it is
 * enabled.
 */
async function giveUp({ id }: NotificationEndpoint, { result }: AttemptResult, deps: DeliverDeps): Promise<void> {
  const reason = result === 'gone' ? 'the receiver answered 410 Gone' : 'a delivery failed at its last attempt';
  deps.log.warn('A webhook endpoint is disabled', { endpoint: id, reason });
  await disableEndpoint(id, reason, deps).catch((error: unknown) => {
    // The endpoint was removed in the meantime.
    if (!(error instanceof ClarionError && error.code === 'not-found')) throw error;
  });
}
