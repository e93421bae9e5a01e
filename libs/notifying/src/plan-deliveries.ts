import type { Delivery, Endpoint, Notification, Store } from '@clarion/model';
import { wantsImage } from './endpoint-filter';

const pageSize = 500;

/**
 * The deliveries of a notification to the enabled endpoints that want at least one of its images, due now. Reads its
 * images page by page, and only until each endpoint has found one.
 */
export async function deliveriesOf(
  notification: Notification,
  { store, now }: { readonly store: Pick<Store, 'endpoints' | 'affectedImages'>; readonly now: () => Date },
): Promise<readonly Delivery[]> {
  const open = new Set((await store.endpoints()).filter(({ disabled }) => disabled === undefined));
  const wanting: Endpoint[] = [];
  let after: string | undefined;
  do {
    if (open.size === 0) break;
    const page = await store.affectedImages(
      notification.id,
      {},
      { limit: pageSize, ...(after === undefined ? {} : { after }) },
    );
    for (const endpoint of open) {
      if (!page.items.some((image) => wantsImage(endpoint.filter, image, notification))) continue;
      open.delete(endpoint);
      wanting.push(endpoint);
    }
    after = page.next;
  } while (after !== undefined);
  const at = now().toISOString();
  return wanting.map(({ id }) => ({
    notification: notification.id,
    endpoint: id,
    state: 'pending',
    nextAttemptAt: at,
    attempts: 0,
    log: [],
    createdAt: at,
  }));
}
