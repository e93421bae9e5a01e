import type { DeliveryStore, DomainEvent, EndpointStore, Notification, NotificationStore } from '@clarion/model';
import { deliveriesOf } from './plan-deliveries';
import { mostSevere } from './transitions';

export interface AnnounceDeps {
  readonly store: Pick<NotificationStore, 'affectedImages'> &
    Pick<EndpointStore, 'endpoints'> &
    Pick<DeliveryStore, 'addDeliveries'>;
  readonly now: () => Date;
  /** Deliveries became due: a delivery loop in this process need not wait for its next poll. */
  readonly onDue?: () => void;
}

const pageSize = 500;

/**
 * Plans the deliveries of a stored notification, and yields one event for each image and transition. Repeated, it plans
 * nothing twice, and the events are the same.
 */
export async function* announceNotification(
  notification: Notification,
  deps: AnnounceDeps,
): AsyncGenerator<DomainEvent, void, undefined> {
  for await (const deliveries of deliveriesOf(notification, deps)) {
    await deps.store.addDeliveries(deliveries);
    deps.onDue?.();
  }
  yield* eventsOf(notification, deps.store);
}

async function* eventsOf(
  notification: Notification,
  store: Pick<NotificationStore, 'affectedImages'>,
): AsyncGenerator<DomainEvent, void, undefined> {
  const { id, before, after } = notification;
  const vulnerability = (after ?? before)?.id ?? notification.vulnerability;
  let next: string | undefined;
  do {
    const page = await store.affectedImages(
      id,
      {},
      { limit: pageSize, ...(next === undefined ? {} : { after: next }) },
    );
    for (const { image, transition, references, before: was, after: is } of page.items) {
      const severity = mostSevere(is.length > 0 ? is : was);
      const reference = references[0] ?? null;
      yield { kind: 'image.transition', transition, notification: id, image, vulnerability, severity, reference };
    }
    next = page.next;
  } while (next !== undefined);
}
