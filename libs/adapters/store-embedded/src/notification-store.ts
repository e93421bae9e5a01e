import { randomUUID } from 'node:crypto';

import type { AffectedImage, Notification, NotificationState, NotificationStore } from '@clarion/model';
import { checkLimit } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { affectedFrom, type NotificationAttempt, putAffected, removeAffected } from './affected-images';
import { removeDelivery } from './delivery-store';
import { encode, type StoreEnvironment, read, settle, unpack, write } from './environment';
import { keysBelow, lastPart, recordKey } from './keys';
import { settleWrite, untilFree } from './long-commits';
import { firstPage, type PageItem } from './pages';
import { removeInBatches } from './removal';

/** A notification as stored: with the attempt that put its images. */
interface NotificationRecord {
  readonly attempt: string;
  readonly notification: Notification;
}

type Reading = Parameters<StoreEnvironment['db']['get']>[1];

/** Notifications with their images, endpoints and deliveries. */
export function notificationStore(env: StoreEnvironment): NotificationStore {
  return {
    putNotification: (notification, pages) => putNotification(env, notification, pages),
    notification: (id) => settle(() => read(env, (transaction) => recordOf(env, id, { transaction })?.notification)),
    notifications: ({ state }, { after, limit }) =>
      settle(() => {
        checkLimit({ limit });
        return read(env, (transaction) => {
          const ids = newestFirst(env, state, { after, transaction });
          return firstPage(notificationsOf(env, ids, { transaction }), { limit });
        });
      }),
    setNotificationState: (id, state) =>
      settleWrite(env, () => {
        write(env, () => {
          const record = recordOf(env, id);
          if (record !== undefined)
            putRecord(env, { ...record, notification: { ...record.notification, state } }, record);
        });
      }),
    affectedImages: (id, { transition }, { after, limit }) =>
      settle(() => {
        checkLimit({ limit });
        return read(env, (transaction) => {
          const attempt = recordOf(env, id, { transaction })?.attempt;
          if (attempt === undefined) return { items: [] };
          const of = { notification: id, attempt };
          return firstPage(affectedFrom(env, of, { transition, after, transaction }), { limit });
        });
      }),
    forgetNotifications: (before, states) =>
      states === undefined ? forgetNotifications(env, before) : forgetByState(env, before, states),
  };
}

/** The stored record; inside of a write transaction without `reading`. */
function recordOf(env: StoreEnvironment, id: string, reading: Reading = {}): NotificationRecord | undefined {
  return unpack(env, env.db.get(recordKey('notification', id), reading)) as NotificationRecord | undefined;
}

function putRecord(env: StoreEnvironment, record: NotificationRecord, known?: NotificationRecord): void {
  const { id, state } = record.notification;
  env.db.putSync(recordKey('notification', id), env.lmdb.asBinary(encode(env, record)));
  if (known?.notification.state === state) return;
  if (known !== undefined) env.db.removeSync(recordKey('notification-state', known.notification.state, id));
  env.db.putSync(recordKey('notification-state', state, id), id);
}

/** Images per transaction: each waits for the disk, and blocks other writers. */
const imagesTogether = 4096;

/**
 * Puts the pages, many per transaction, under the name of this attempt; the notification itself comes last and makes
 * them visible. Of several attempts the first to finish wins, and removes the pages of the others.
 */
async function putNotification(
  env: StoreEnvironment,
  notification: Notification,
  pages: AsyncIterable<readonly AffectedImage[]>,
): Promise<void> {
  const { id } = notification;
  const isKnown = () => recordOf(env, id) !== undefined;
  const of: NotificationAttempt = { notification: id, attempt: randomUUID() };
  if (read(env, (transaction) => recordOf(env, id, { transaction })) !== undefined) return;
  let first = 0;
  try {
    for await (const page of gathered(pages)) {
      const known = await settleWrite(env, () =>
        write(env, () => {
          if (isKnown()) return true;
          putAffected(env, of, { first, page });
          return false;
        }),
      );
      if (known) return;
      first += page.length;
    }
  } catch (error) {
    await removeAttempt(env, of);
    throw error;
  }
  const finish = () => {
    if (isKnown()) return;
    removeAffected(env, id, of.attempt);
    putRecord(env, { notification, attempt: of.attempt });
  };
  await settleWrite(env, () => {
    write(env, finish, { durable: true });
  });
}

/** The same images in larger pages. */
async function* gathered(pages: AsyncIterable<readonly AffectedImage[]>): AsyncGenerator<readonly AffectedImage[]> {
  let together: AffectedImage[] = [];
  for await (const page of pages) {
    for (const image of page) together.push(image);
    if (together.length < imagesTogether) continue;
    yield together;
    together = [];
  }
  if (together.length > 0) yield together;
}

/** For a failed attempt; if this fails too, the next attempt removes the remains. */
async function removeAttempt(env: StoreEnvironment, { notification }: NotificationAttempt): Promise<void> {
  try {
    await untilFree(env);
    write(env, () => {
      const winner = recordOf(env, notification)?.attempt;
      if (winner === undefined) removeAffected(env, notification);
    });
  } catch {
    // The caller gets the original error.
  }
}

/** The last parts of the keys, still encoded. */
function* newestFirst(
  env: StoreEnvironment,
  state: NotificationState | undefined,
  { after, transaction }: { readonly after: string | undefined; readonly transaction: Transaction },
): Generator<string> {
  const list: Parameters<typeof keysBelow> = state === undefined ? ['notification'] : ['notification-state', state];
  const bounds = keysBelow(...list);
  const start = after === undefined ? bounds.end : recordKey(...list, after);
  const keys = env.db.getKeys({ start, exclusiveStart: true, end: bounds.start, reverse: true, transaction });
  for (const key of keys) yield lastPart(key);
}

function* notificationsOf(
  env: StoreEnvironment,
  parts: Iterable<string>,
  reading: Reading,
): Generator<PageItem<Notification>> {
  for (const part of parts) {
    const stored = env.db.get(`notification\t${part}`, reading);
    const record = unpack(env, stored) as NotificationRecord | undefined;
    if (record !== undefined) yield [record.notification.id, record.notification];
  }
}

async function forgetNotifications(env: StoreEnvironment, before: string): Promise<void> {
  const below = (kind: 'notification' | 'affected' | 'delivery') => ({
    start: keysBelow(kind).start,
    end: recordKey(kind, before),
  });
  // The notification first: if this process dies, the remains are invisible, and the next run removes them.
  const removeNotification = (key: string, value: unknown) => {
    const { notification } = unpack(env, value) as NotificationRecord;
    env.db.removeSync(recordKey('notification-state', notification.state, notification.id));
    env.db.removeSync(key);
  };
  const removeImages = (key: string) => {
    env.db.removeSync(key);
  };
  const removeWay = (_: string, value: unknown) => {
    removeDelivery(env, value);
  };
  await removeInBatches(env, below('notification'), { remove: removeNotification });
  await removeInBatches(env, below('affected'), { remove: removeImages });
  await removeInBatches(env, below('delivery'), { remove: removeWay });
}

/** Each with all dependent records in one transaction, unless its state has changed by then. */
async function forgetByState(
  env: StoreEnvironment,
  before: string,
  states: readonly NotificationState[],
): Promise<void> {
  const remove = (key: string): void => {
    const record = unpack(env, env.db.get(`notification\t${lastPart(key)}`)) as NotificationRecord | undefined;
    env.db.removeSync(key);
    if (record === undefined) return;
    const { id } = record.notification;
    env.db.removeSync(recordKey('notification', id));
    removeAffected(env, id);
    for (const { value } of Array.from(env.db.getRange(keysBelow('delivery', id)))) removeDelivery(env, value);
  };
  for (const state of states) {
    const { start } = keysBelow('notification-state', state);
    await removeInBatches(env, { start, end: recordKey('notification-state', state, before) }, { remove });
  }
}
