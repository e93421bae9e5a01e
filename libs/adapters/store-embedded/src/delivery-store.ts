import { deliveryStates, type NotificationDelivery, type DeliveryState, type DeliveryStore } from '@clarion/model';
import { checkLimit, invalidCursor, sortableTime } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { deliveryKey, type DeliveryRow, rowsOfEndpoint, toDeliveryRow, writeDelivery } from './delivery-records';
import { type StoreEnvironment, read, settle, write } from './environment';
import { behind, keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';
import { firstPage, merge, type PageItem } from './pages';

type Claim = Parameters<DeliveryStore['claimDeliveries']>[1];

/** Deliveries by notification and endpoint. */
export function deliveryStore(env: StoreEnvironment): DeliveryStore {
  return {
    addDeliveries: (deliveries) =>
      settleWrite(env, () => {
        if (deliveries.length === 0) return;
        write(env, () => {
          for (const delivery of deliveries) add(env, delivery);
        });
      }),
    claimDeliveries: (endpoint, claim) =>
      settleWrite(env, () => {
        checkLimit(claim);
        const first = read(env, (transaction) => claimable(env, endpoint, { now: claim.now, limit: 1, transaction }));
        if (first.length === 0) return [];
        return write(env, () => claimDeliveries(env, endpoint, claim));
      }),
    putDelivery: (delivery) =>
      settleWrite(env, () => {
        write(env, () => {
          const known = env.db.get(deliveryKey(delivery)) as NotificationDelivery | undefined;
          // A removed delivery, or one of a removed endpoint, must not come back.
          if (known !== undefined) writeDelivery(env, known, delivery);
        });
      }),
    deliveries: (query, page) =>
      settle(() => {
        checkLimit(page);
        return read(env, (transaction) => {
          const reading = { after: page.after, transaction };
          const found =
            'notification' in query
              ? ofNotification(env, query.notification, reading)
              : ofEndpoint(env, query, reading);
          return firstPage(found, page);
        });
      }),
    nextDelivery: () => settle(() => read(env, (transaction) => nextDelivery(env, transaction))),
  };
}

/** Removes a delivery, given as stored. Inside a write transaction. */
export function removeDelivery(env: StoreEnvironment, stored: unknown): void {
  writeDelivery(env, stored as NotificationDelivery, undefined);
}

/** Removes up to `limit` deliveries to an endpoint and returns their number. Inside a write transaction. */
export function removeDeliveriesTo(env: StoreEnvironment, endpoint: string, limit: number): number {
  const rows = Array.from(env.db.getKeys({ ...keysBelow('delivery-of', endpoint), limit }));
  for (const row of rows)
    writeDelivery(env, env.db.get(toDeliveryRow(row).delivery) as NotificationDelivery | undefined, undefined);
  return rows.length;
}

function add(env: StoreEnvironment, delivery: NotificationDelivery): void {
  const isKnown = env.db.doesExist(deliveryKey(delivery));
  if (isKnown || !env.db.doesExist(recordKey('endpoint', delivery.endpoint))) return;
  writeDelivery(env, undefined, delivery);
}

/** Rows of deliveries that can be claimed, the oldest due first; inside of a write transaction without `transaction`. */
function claimable(
  env: StoreEnvironment,
  endpoint: string,
  { now, limit, transaction }: Pick<Claim, 'now' | 'limit'> & { readonly transaction?: Transaction },
): readonly DeliveryRow[] {
  const time = sortableTime(now);
  const found: DeliveryRow[] = [];
  const range = { ...rowsOfEndpoint(endpoint, 'due'), ...(transaction === undefined ? {} : { transaction }) };
  for (const { key, value } of env.db.getRange(range)) {
    const row = toDeliveryRow(key);
    if (row.time > time) break;
    if (typeof value === 'string' && sortableTime(value) > time) continue;
    found.push(row);
    if (found.length === limit) break;
  }
  return found;
}

function claimDeliveries(env: StoreEnvironment, endpoint: string, claim: Claim): readonly NotificationDelivery[] {
  return claimable(env, endpoint, claim).flatMap((row) => {
    const delivery = env.db.get(row.delivery) as NotificationDelivery | undefined;
    if (delivery === undefined) return [];
    const claimed = { ...delivery, claimedUntil: claim.until };
    writeDelivery(env, delivery, claimed);
    return [claimed];
  });
}

interface Reading {
  readonly after: string | undefined;
  readonly transaction: Transaction;
}

/** By endpoint. */
function* ofNotification(
  env: StoreEnvironment,
  notification: string,
  { after, transaction }: Reading,
): Generator<PageItem<NotificationDelivery>> {
  const bounds = keysBelow('delivery', notification);
  const start = after === undefined ? bounds.start : behind(recordKey('delivery', notification, after));
  for (const { value } of env.db.getRange({ ...bounds, start, transaction })) {
    const delivery = value as NotificationDelivery;
    yield [delivery.endpoint, delivery];
  }
}

/** By the time of making, then by notification; a cursor contains both. */
function* ofEndpoint(
  env: StoreEnvironment,
  query: { readonly endpoint: string; readonly state?: DeliveryState; readonly since?: string },
  { after, transaction }: Reading,
): Generator<PageItem<NotificationDelivery>> {
  const since = query.since === undefined ? '' : sortableTime(query.since);
  const from = after === undefined ? '' : behind(cursorInKey(after));
  const states = query.state === undefined ? deliveryStates : [query.state];
  const sequences = states.map((state) => {
    const bounds = rowsOfEndpoint(query.endpoint, state);
    const start = `${bounds.start}${from > since ? from : since}`;
    return env.db.getKeys({ ...bounds, start, transaction }).map(toDeliveryRow);
  });
  for (const row of merge(sequences, compareRows)) {
    const delivery = env.db.get(row.delivery, { transaction }) as NotificationDelivery | undefined;
    if (delivery !== undefined) yield [`${row.time} ${row.notificationPart}`, delivery];
  }
}

function compareRows(a: DeliveryRow, b: DeliveryRow): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.notificationPart < b.notificationPart ? -1 : 1;
}

const longestCursor = 400;

function cursorInKey(cursor: string): string {
  if (cursor.length > longestCursor) throw invalidCursor('the deliveries');
  return cursor.replace(' ', '\t');
}

/**
 * The earliest time at which one can be claimed. The rows of an endpoint are in the order of that time but for those
 * that are claimed, which are few and in front.
 */
function nextDelivery(env: StoreEnvironment, transaction: Transaction): string | undefined {
  let earliest: string | undefined;
  const { start: begin, end } = keysBelow('due');
  let start = begin;
  for (;;) {
    const [first] = env.db.getKeys({ start, end, limit: 1, transaction });
    if (first === undefined) return earliest;
    const endpoint = first.split('\t').slice(0, 2).join('\t');
    for (const { key, value } of env.db.getRange({ start: first, end: behind(endpoint), transaction })) {
      const { time } = toDeliveryRow(key);
      const claimed = typeof value === 'string' ? sortableTime(value) : '';
      const at = claimed > time ? claimed : time;
      if (earliest === undefined || at < earliest) earliest = at;
      if (claimed === '') break;
    }
    start = behind(endpoint);
  }
}
