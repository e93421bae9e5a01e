import type {
  NotificationDelivery,
  NotificationEndpoint,
  Notification,
  EndpointStore,
  NotificationStore,
} from '@clarion/model';
import { isAboutDeadline } from './deadlines/is-about-deadline';
import { acceptsImage } from './endpoint-filter';

const pageSize = 500;

/**
 * The deliveries of a notification to the enabled endpoints that want at least one of its images, due now. Reads the
 * images page by page, until each endpoint has found one. Deliveries are yielded after each page, because another
 * endpoint may find its first image only after a hundred thousand others, or never.
 */
export async function* deliveriesOf(
  notification: Notification,
  {
    store,
    now,
  }: {
    readonly store: Pick<EndpointStore, 'endpoints'> & Pick<NotificationStore, 'affectedImages'>;
    readonly now: () => Date;
  },
): AsyncGenerator<readonly NotificationDelivery[], void, undefined> {
  const enabled = (await store.endpoints()).filter(({ disabled }) => disabled === undefined);
  // The dialects of Clair have no words for a deadline: their receivers would take it for a change.
  const open = new Set(enabled.filter(({ mode }) => mode === 'cloudevents' || !isAboutDeadline(notification)));
  let after: string | undefined;
  do {
    if (open.size === 0) break;
    const page = await store.affectedImages(
      notification.id,
      {},
      { limit: pageSize, ...(after === undefined ? {} : { after }) },
    );
    const wanting = [...open].filter(({ filter }) =>
      page.items.some((image) => acceptsImage(filter, image, notification)),
    );
    for (const endpoint of wanting) open.delete(endpoint);
    if (wanting.length > 0) yield wanting.map((endpoint) => deliveryTo(endpoint, notification, now()));
    after = page.next;
  } while (after !== undefined);
}

function deliveryTo({ id }: NotificationEndpoint, notification: Notification, now: Date): NotificationDelivery {
  const at = now.toISOString();
  const due = { state: 'pending', nextAttemptAt: at, attempts: 0, log: [], createdAt: at } as const;
  return { notification: notification.id, endpoint: id, ...due };
}
