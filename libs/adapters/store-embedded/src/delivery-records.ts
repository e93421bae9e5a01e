import type { NotificationDelivery, DeliveryState } from '@clarion/model';
import { sortableTime } from '@clarion/store-rules';

import type { StoreEnvironment } from './environment';
import { keysBelow, recordKey } from './keys';

/**
 * A delivery has up to two index rows: `delivery-of` endpoint, state and creation time, and, as long as it is pending,
 * `due`: endpoint and time, with the end of the claim as value. Both are removed with the notification.
 */
interface Rows {
  readonly of: string;
  readonly due: string | undefined;
}

function rowsOf({ endpoint, notification, state, createdAt, nextAttemptAt }: NotificationDelivery): Rows {
  const due = recordKey('due', endpoint, sortableTime(nextAttemptAt), notification);
  return {
    of: recordKey('delivery-of', endpoint, state, sortableTime(createdAt), notification),
    due: state === 'pending' ? due : undefined,
  };
}

export function deliveryKey({
  notification,
  endpoint,
}: Pick<NotificationDelivery, 'notification' | 'endpoint'>): string {
  return recordKey('delivery', notification, endpoint);
}

/** Replaces a delivery with its rows; without `next`, removes them. Inside of a write transaction. */
export function writeDelivery(
  env: StoreEnvironment,
  known: NotificationDelivery | undefined,
  next: NotificationDelivery | undefined,
): void {
  const { db } = env;
  const delivery = next ?? known;
  if (delivery === undefined) return;
  const before = known && rowsOf(known);
  const after = next && rowsOf(next);
  if (before !== undefined && before.of !== after?.of) db.removeSync(before.of);
  if (before?.due !== undefined && before.due !== after?.due) db.removeSync(before.due);
  if (next === undefined) {
    db.removeSync(deliveryKey(delivery));
    return;
  }
  if (after !== undefined && after.of !== before?.of) db.putSync(after.of, true);
  if (after?.due !== undefined) db.putSync(after.due, next.claimedUntil ?? null);
  db.putSync(deliveryKey(next), next);
}

/** The content of an index row, as far as its key contains it. */
export interface DeliveryRow {
  /** Time and notification in their key form, which is the order within an endpoint. */
  readonly time: string;
  readonly notificationPart: string;
  /** The key of the delivery itself. */
  readonly delivery: string;
}

/** Splits the key of a row: endpoint, state of `delivery-of` rows, time, notification. */
export function toDeliveryRow(key: string): DeliveryRow {
  const parts = key.split('\t');
  const endpointPart = parts[1] ?? '';
  const notificationPart = parts.at(-1) ?? '';
  return {
    time: parts.at(-2) ?? '',
    notificationPart,
    delivery: ['delivery', notificationPart, endpointPart].join('\t'),
  };
}

/** Range of the rows of an endpoint's deliveries in one state, or of those that are due. */
export function rowsOfEndpoint(endpoint: string, state: DeliveryState | 'due'): { start: string; end: string } {
  return state === 'due' ? keysBelow('due', endpoint) : keysBelow('delivery-of', endpoint, state);
}
