import type { DeliveryState, NotificationState, DeliveryStore, NotificationStore } from '@clarion/model';

const pageSize = 500;

/** Sets a notification's state from those of its deliveries; an acknowledged one stays acknowledged. */
export async function settleNotification(
  id: string,
  store: Pick<NotificationStore, 'notification' | 'setNotificationState'> & Pick<DeliveryStore, 'deliveries'>,
): Promise<void> {
  const states = new Set<DeliveryState>();
  let after: string | undefined;
  do {
    const request = { limit: pageSize, ...(after === undefined ? {} : { after }) };
    const page = await store.deliveries({ notification: id }, request);
    for (const { state } of page.items) states.add(state);
    after = page.next;
  } while (after !== undefined);
  const state = stateOf(states);
  const notification = await store.notification(id);
  if (notification === undefined || notification.state === 'acknowledged' || notification.state === state) return;
  await store.setNotificationState(id, state);
}

function stateOf(states: ReadonlySet<DeliveryState>): NotificationState {
  if (states.has('pending')) return 'delivering';
  return states.has('dead') ? 'dead' : 'delivered';
}
