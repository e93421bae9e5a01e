import {
  ClarionError,
  type NotificationDelivery,
  type Notification,
  type Store,
  type DeliveryStore,
  type EndpointStore,
  type NotificationStore,
} from '@clarion/model';
import { endpointOf } from './endpoints';
import { deliveriesOf } from './plan-deliveries';

export interface ReplayDeps {
  readonly store: Pick<NotificationStore, 'notification' | 'setNotificationState' | 'affectedImages'> &
    Pick<EndpointStore, 'endpoint' | 'endpoints'> &
    Pick<DeliveryStore, 'deliveries' | 'addDeliveries' | 'putDelivery'>;
  readonly now: () => Date;
  /** Deliveries became due: a delivery loop in this process need not wait for its next poll. */
  readonly onDue?: () => void;
}

const pageSize = 500;

/** Throws `not-found`. */
export async function notificationOf(
  id: string,
  store: Pick<NotificationStore, 'notification'>,
): Promise<Notification> {
  const notification = await store.notification(id);
  if (notification === undefined) throw new ClarionError('not-found', `There is no notification ${id.slice(0, 100)}`);
  return notification;
}

/** Marks a notification as acknowledged: pending deliveries are no longer sent. Throws `not-found`. */
export async function acknowledgeNotification(
  id: string,
  { store }: { readonly store: Pick<NotificationStore, 'notification' | 'setNotificationState'> },
): Promise<void> {
  const { state } = await notificationOf(id, store);
  if (state !== 'acknowledged') await store.setNotificationState(id, 'acknowledged');
}

/**
 * Delivers a notification again, under its old id: to all endpoints that it was sent to and those that want it now,
 * except disabled ones. Resolves to the number of deliveries. Throws `not-found`.
 */
export async function replayNotification(id: string, deps: ReplayDeps): Promise<number> {
  const { store } = deps;
  const notification = await notificationOf(id, store);
  for await (const deliveries of deliveriesOf(notification, deps)) await store.addDeliveries(deliveries);
  const enabled = new Set((await store.endpoints()).flatMap((one) => (one.disabled === undefined ? [one.id] : [])));
  return replayAll({ notification: id }, (delivery) => enabled.has(delivery.endpoint), deps);
}

/** Which deliveries of an endpoint are replayed. */
export interface EndpointReplay {
  /** RFC 3339: those of notifications since then; all stored ones by default. */
  readonly since?: string;
  /** Only dead deliveries. */
  readonly deadOnly?: boolean;
}

/**
 * Replays deliveries of an endpoint, each under its old id. Resolves to their number. Throws `not-found`, and
 * `switched-off` when the endpoint is disabled.
 */
export async function replayEndpoint(
  id: string,
  { since, deadOnly }: EndpointReplay,
  deps: ReplayDeps,
): Promise<number> {
  const endpoint = await endpointOf(id, deps.store);
  if (endpoint.disabled !== undefined) {
    throw new ClarionError('switched-off', `The endpoint ${id} is disabled: ${endpoint.disabled.reason}`, {
      remedy: 'enable it first, by an update',
    });
  }
  const query = {
    endpoint: id,
    ...(deadOnly === true ? { state: 'dead' as const } : {}),
    ...(since === undefined ? {} : { since: timeOf(since) }),
  };
  return replayAll(query, () => true, deps);
}

/** Each page is read before its deliveries are rewritten, so that replayed ones are not returned again. */
async function replayAll(
  query: Parameters<Store['deliveries']>[0],
  isReplayed: (delivery: NotificationDelivery) => boolean,
  { store, now, onDue }: ReplayDeps,
): Promise<number> {
  // Whether each notification seen so far still exists.
  const reopened = new Map<string, boolean>();
  let after: string | undefined;
  let replayed = 0;
  do {
    const page = await store.deliveries(query, { limit: pageSize, ...(after === undefined ? {} : { after }) });
    after = page.next;
    for (const delivery of page.items.filter(isReplayed)) {
      const { notification } = delivery;
      const isThere = reopened.get(notification) ?? (await reopen(notification, store));
      reopened.set(notification, isThere);
      if (!isThere) continue;
      await store.putDelivery(dueNow(delivery, now()));
      replayed += 1;
    }
  } while (after !== undefined);
  if (replayed > 0) onDue?.();
  return replayed;
}

/** Due at `now`, and not claimed. */
function dueNow({ notification, endpoint, log, createdAt }: NotificationDelivery, now: Date): NotificationDelivery {
  const nextAttemptAt = now.toISOString();
  return { notification, endpoint, state: 'pending', nextAttemptAt, attempts: 0, log, createdAt };
}

/** False when the notification was removed: then there is nothing to send. */
async function reopen(id: string, store: ReplayDeps['store']): Promise<boolean> {
  if ((await store.notification(id)) === undefined) return false;
  await store.setNotificationState(id, 'created');
  return true;
}

function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new ClarionError('invalid-input', 'The time is not RFC 3339');
  return time.toISOString();
}
