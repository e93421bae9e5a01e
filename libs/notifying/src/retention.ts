import { setTimeout as sleep } from 'node:timers/promises';
import { withLease } from '@clarion/leases';
import type { Log, Store } from '@clarion/model';
import { firstNotificationId, firstUpdateId } from './notification-id';

export interface RetentionDeps {
  readonly store: Pick<Store, 'forgetNotifications' | 'forgetChanges' | 'lease' | 'endLease'>;
  readonly now: () => Date;
  /** Notifications of updates before that are forgotten with their images and deliveries, whatever became of them. */
  readonly notificationMillis: number;
  /** Changes of updates before that are forgotten, where they are on the bus. A message that comes later says nothing. */
  readonly changeMillis: number;
  /** Names this process among those that forget. */
  readonly holder: string;
}

/** Forgets what is older than it has to be kept; false while another process is at it. */
export async function forgetOldNotifications(deps: RetentionDeps): Promise<boolean> {
  const { store } = deps;
  const ago = (millis: number): Date => new Date(deps.now().getTime() - millis);
  const done = await withLease('notification-retention', deps, async () => {
    await store.forgetNotifications(firstNotificationId(ago(deps.notificationMillis)));
    await store.forgetChanges(firstUpdateId(ago(deps.changeMillis)));
  });
  return done !== undefined;
}

/** Forgets what is old, now and then, until `signal` aborts. */
export async function runRetention(
  deps: RetentionDeps & { readonly log: Log; readonly everyMillis: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await forgetOldNotifications(deps);
    } catch (error) {
      deps.log.warn('Old notifications could not be forgotten', { error });
    }
    await sleep(deps.everyMillis, undefined, { signal }).catch(() => undefined);
  }
}
