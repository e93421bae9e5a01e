import { setTimeout as sleep } from 'node:timers/promises';
import { withLease } from '@clarion/leases';
import {
  type Log,
  type ChangeStore,
  type DeadLetterStore,
  type FeedStore,
  firstTimeOrderedId,
  type LeaseStore,
  type NotificationStore,
  type StoreMaintenance,
} from '@clarion/model';
import { firstNotificationId } from './notification-id';

/** How long the results of updates are kept, in milliseconds since the update. */
export interface RetentionPeriods {
  /** Acknowledged notifications, which nobody needs any more. */
  readonly acknowledgedMillis: number;
  /** Notifications that were delivered, or that no endpoint wanted. */
  readonly notificationMillis: number;
  /** Notifications that could not be delivered; also dead letters of any work, since their creation. */
  readonly deadMillis: number;
  /** Changes that are on the bus, and those that only the history needs: no shorter than dead letters, which may be replayed. */
  readonly historyMillis: number;
  /** Layers, compositions and unsubmitted images, since their last use. */
  readonly unusedMillis: number;
}

/** The defaults for the notifier's settings. */
export const defaultRetention: RetentionPeriods = {
  acknowledgedMillis: 24 * 3_600_000,
  notificationMillis: 14 * 24 * 3_600_000,
  deadMillis: 30 * 24 * 3_600_000,
  historyMillis: 400 * 24 * 3_600_000,
  unusedMillis: 30 * 24 * 3_600_000,
};

export interface RetentionDeps extends RetentionPeriods {
  readonly store: Pick<NotificationStore, 'forgetNotifications'> &
    Pick<ChangeStore, 'forgetChanges'> &
    LeaseStore &
    Pick<DeadLetterStore, 'deadLetters' | 'removeDeadLetter'> &
    Pick<StoreMaintenance, 'prune'> &
    Pick<FeedStore, 'feedStates'>;
  readonly now: () => Date;
  /** Identifies this process as a lease owner. */
  readonly owner: string;
}

const lettersTogether = 500;

/**
 * Removes expired data, with its images and deliveries, and data that no submitted image needs; false while another
 * process does so.
 */
export async function forgetOld(deps: RetentionDeps): Promise<boolean> {
  const { store, acknowledgedMillis, notificationMillis, deadMillis, historyMillis, unusedMillis } = deps;
  const ago = (millis: number): Date => new Date(deps.now().getTime() - millis);
  const notificationsOf = (millis: number): string => firstNotificationId(ago(millis));
  const done = await withLease('retention', deps, async () => {
    await store.forgetNotifications(notificationsOf(acknowledgedMillis), ['acknowledged']);
    await store.forgetNotifications(notificationsOf(notificationMillis), ['created', 'delivering', 'delivered']);
    await store.forgetNotifications(notificationsOf(deadMillis), ['dead']);
    // All others, such as images of interrupted attempts.
    await store.forgetNotifications(notificationsOf(Math.max(acknowledgedMillis, notificationMillis, deadMillis)));
    await store.forgetChanges(firstTimeOrderedId(ago(historyMillis)));
    await forgetDeadLetters(ago(deadMillis).toISOString(), store);
    // Only the process that updates feeds knows which feeds are in use, so all of them are kept here.
    const keepFeeds = (await store.feedStates()).map(({ feed }) => feed);
    await store.prune({ before: ago(unusedMillis).toISOString(), keepFeeds, keepSubmitted: true });
  });
  return done !== undefined;
}

async function forgetDeadLetters(before: string, store: RetentionDeps['store']): Promise<void> {
  let after: string | undefined;
  do {
    const page = await store.deadLetters({ limit: lettersTogether, ...(after === undefined ? {} : { after }) });
    for (const { id, at } of page.items) if (at < before) await store.removeDeadLetter(id);
    after = page.next;
  } while (after !== undefined);
}

/** Removes expired data regularly, until `signal` aborts. */
export async function runRetention(
  deps: RetentionDeps & { readonly log: Log; readonly everyMillis: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await forgetOld(deps);
    } catch (error) {
      deps.log.warn('What is old could not be forgotten', { error });
    }
    await sleep(deps.everyMillis, undefined, { signal }).catch(() => undefined);
  }
}
