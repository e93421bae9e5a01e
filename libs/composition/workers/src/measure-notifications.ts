import { type NotificationCounts, notificationKinds } from '@clarion/model';
import type { DeliveryReport } from '@clarion/notifying';
import type { ProcessMetrics } from '@clarion/service-runtime';

/** The metrics of the notifier. */
export interface NotificationMeasures {
  readonly onNotified: (counts: NotificationCounts) => void;
  readonly onAttempt: (attempt: DeliveryReport) => void;
}

export function measureNotifications(metrics: ProcessMetrics): NotificationMeasures {
  const notified = metrics.metric('clarion_notifications_total');
  const deliveries = metrics.metric('clarion_webhook_deliveries_total');
  const durations = metrics.metric('clarion_webhook_delivery_duration_seconds');
  const latencies = metrics.metric('clarion_notification_latency_seconds');
  return {
    onNotified: (counts) => {
      for (const reason of notificationKinds) notified.inc({ reason }, counts[reason] ?? 0);
    },
    onAttempt: ({ result, millis, latencyMillis }) => {
      deliveries.inc({ outcome: result });
      durations.observe(millis / 1000);
      if (latencyMillis !== undefined) latencies.observe(latencyMillis / 1000);
    },
  };
}
