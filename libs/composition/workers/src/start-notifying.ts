import type { Bus, WorkHandler, Log, Store } from '@clarion/model';
import type { WebhookSender } from '@clarion/notification-channels';
import { createDeliverer, notifyChange, type RetentionPeriods, runDeadlines, runRetention } from '@clarion/notifying';
import { deadlinePolicy } from '@clarion/policy';
import type { ProcessMetrics } from '@clarion/service-runtime';
import { matchOptions, type MatchSettings } from './match-settings';
import { measureNotifications } from './measure-notifications';

/** The changes to notify, and the retention times (`notifyingSettings`). */
export interface NotifyingConfig extends RetentionPeriods {
  readonly stateChanges: boolean;
  readonly withoutReference: boolean;
  readonly epssThreshold: number | undefined;
  /** Rules (`parseDeadlines`); without any, no deadlines are checked. */
  readonly deadlines: string;
  readonly deadlineNoticeMillis: number;
}

export interface NotifyingContext {
  readonly store: Store;
  readonly bus: Pick<Bus, 'publish'>;
  readonly webhooks: Pick<WebhookSender, 'send'>;
  readonly matching: MatchSettings;
  readonly log: Log;
  readonly metrics: ProcessMetrics;
  /** Aborted when the process is stopped: nothing more is delivered. */
  readonly draining: AbortSignal;
  /** Name of this process in leases. */
  readonly owner: string;
}

export interface RunningNotifier {
  readonly handler: WorkHandler<'advisories.changed'>;
  /** Delivery, deadlines, and removal of old data. Ends after `draining`. */
  readonly running: Promise<unknown>;
}

const retentionEveryMillis = 3_600_000;
/** A window is an hour. */
const deadlinesEveryMillis = 600_000;

/**
 * Starts to deliver notifications, to check deadlines and to remove old data; the bus delivers the changes. Throws
 * `invalid-input` for rules of deadlines that are wrong.
 */
export function startNotifying(config: NotifyingConfig, context: NotifyingContext): RunningNotifier {
  const { store, bus, webhooks, matching, log, metrics, draining, owner } = context;
  const { now } = matching;
  const { stateChanges, withoutReference, epssThreshold } = config;
  const { acknowledgedMillis, notificationMillis, deadMillis, historyMillis, unusedMillis } = config;
  const { onNotified, onAttempt } = measureNotifications(metrics);
  const deliverer = createDeliverer({ store, send: webhooks.send, now, log, onAttempt });
  const handler = notifyChange({
    ...{ store, now, stateChanges, epssThreshold, withoutReference, onNotified, log },
    options: () => matchOptions(matching),
    onDue: () => {
      deliverer.wake();
    },
  });
  const deadlines = runDeadlines(
    {
      ...{ store, bus, now, log, owner, withoutReference, onNotified },
      policy: deadlinePolicy(config),
      options: () => matchOptions(matching),
      onDue: () => {
        deliverer.wake();
      },
      everyMillis: deadlinesEveryMillis,
    },
    draining,
  );
  const retention = runRetention(
    {
      ...{ store, now, log, acknowledgedMillis, notificationMillis, deadMillis, historyMillis, unusedMillis },
      owner,
      everyMillis: retentionEveryMillis,
    },
    draining,
  );
  return { handler, running: Promise.all([deliverer.run(draining), deadlines, retention]) };
}
