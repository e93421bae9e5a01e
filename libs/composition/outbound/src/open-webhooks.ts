import { createWebhookSender, type WebhookSender } from '@clarion/notification-channels';
import type { Sealer } from '@clarion/sealing';
import { countDenials, type ProcessMetrics } from '@clarion/service-runtime';
import { type EgressSettings, egressPolicy } from './egress';

/** The settings for sending webhooks (`apiSettings` or `notifyingSettings`); the notifier defines the body format. */
export interface WebhookSettings extends EgressSettings {
  readonly webhookPorts: readonly number[];
  readonly publicUrl: string;
  readonly cloudEvents?: 'structured' | 'binary';
  readonly clairCallback?: string | undefined;
  /** Base64. */
  readonly clairKey?: string | undefined;
  readonly clairAuthorities?: readonly string[];
}

/** The egress to webhook receivers. Throws `invalid-input` for an invalid key. */
export function openWebhooks(
  settings: WebhookSettings,
  { sealer, metrics }: { readonly sealer: Pick<Sealer, 'open'>; readonly metrics: ProcessMetrics },
): WebhookSender {
  const { publicUrl, webhookPorts: ports, cloudEvents, clairCallback, clairKey, clairAuthorities = [] } = settings;
  // Plain HTTP is decided for each endpoint.
  const { insecureHosts: _, ...policy } = egressPolicy(settings);
  return createWebhookSender({
    sealer,
    publicUrl,
    policy: { ...policy, ports },
    egress: { onDenied: countDenials(metrics) },
    binary: cloudEvents === 'binary',
    clairV4: {
      authorities: clairAuthorities,
      ...(clairCallback === undefined ? {} : { callbackBase: clairCallback }),
      ...(clairKey === undefined ? {} : { key: clairKey }),
    },
  });
}
