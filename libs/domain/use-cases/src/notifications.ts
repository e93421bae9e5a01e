import { acknowledgeNotification, replayNotification } from '@clarion/notifying';
import { ClarionError, type NotificationDelivery } from '@clarion/model';
import type { UseCaseContext } from './context';
import { cursorPage } from './cursor';
import type { NotificationUseCases } from './use-cases';

/** An installation has some tens of endpoints, and a notification one delivery for each. */
const maxDeliveries = 1000;

export function notificationUseCases(context: UseCaseContext): NotificationUseCases {
  const { store, now } = context;
  return {
    list: (query, page) => cursorPage('notifications', page, (at) => store.notifications(query, at)),
    async get(id, query, page) {
      const notification = await store.notification(id);
      if (notification === undefined) {
        throw new ClarionError('not-found', `There is no notification ${id.slice(0, 100)}`);
      }
      const [images, deliveries] = await Promise.all([
        cursorPage(`images of ${id}`, page, (at) => store.affectedImages(id, query, at)),
        store.deliveries({ notification: id }, { limit: maxDeliveries }),
      ]);
      return { notification, images, deliveries: deliveries.items.map(withoutClaim) };
    },
    acknowledge: (id) => acknowledgeNotification(id, { store }),
    replay: (id) => replayNotification(id, { store, now }),
  };
}

/** The current worker of a delivery is internal. */
export function withoutClaim({ claimedUntil: _, ...delivery }: NotificationDelivery): NotificationDelivery {
  return delivery;
}
