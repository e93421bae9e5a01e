import { acknowledgeNotification, replayNotification } from '@clarion/notifying';
import { ClarionError, type Notification, type NotificationDelivery } from '@clarion/model';
import type { UseCaseContext } from './context';
import { cursorPage } from './cursor';
import type { NotificationUseCases } from './use-cases';
import { positionOfUuid, uuidOfPosition } from './uuid-position';

/** An installation has some tens of endpoints, and a notification one delivery for each. */
const maxDeliveries = 1000;

export function notificationUseCases(context: UseCaseContext): NotificationUseCases {
  const { store, now } = context;
  return {
    list: (query, page) => cursorPage('notifications', page, (at) => store.notifications(query, at)),
    async get(id, query, page) {
      const notification = await requireNotification(id, context);
      const [images, deliveries] = await Promise.all([
        cursorPage(`images of ${id}`, page, (at) => store.affectedImages(id, query, at)),
        store.deliveries({ notification: id }, { limit: maxDeliveries }),
      ]);
      return { notification, images, deliveries: deliveries.items.map(withoutClaim) };
    },
    async imagesByUuid(id, { limit, after }) {
      const notification = await requireNotification(id, context);
      const position = after === undefined ? {} : { after: positionOfUuid(after) };
      const { items, next } = await store.affectedImages(id, {}, { limit, ...position });
      return { notification, images: { items, ...(next === undefined ? {} : { next: uuidOfPosition(next) }) } };
    },
    acknowledge: (id) => acknowledgeNotification(id, { store }),
    replay: (id) => replayNotification(id, { store, now }),
  };
}

async function requireNotification(id: string, { store }: Pick<UseCaseContext, 'store'>): Promise<Notification> {
  const notification = await store.notification(id);
  if (notification !== undefined) return notification;
  throw new ClarionError('not-found', `There is no notification ${id.slice(0, 100)}`);
}

/** The current worker of a delivery is internal. */
export function withoutClaim({ claimedUntil: _, ...delivery }: NotificationDelivery): NotificationDelivery {
  return delivery;
}
