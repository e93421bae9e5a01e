import { createWebhookSender, type WebhookSender } from '@clarion/notification-channels';
import type { Sealer } from '@clarion/sealing';
import { countDenials, type Metrics } from '@clarion/service-runtime';
import { type EgressSettings, egressPolicy } from './egress';

/** What webhooks are sent by (`apiSettings` or `notifyingSettings`); the form of bodies is the notifier's. */
export interface WebhookSettings extends EgressSettings {
  readonly webhookPorts: readonly number[];
  readonly publicUrl: string;
  readonly cloudEvents?: 'structured' | 'binary';
  readonly clairCallback?: string | undefined;
  /** Base64. */
  readonly clairKey?: string | undefined;
  readonly clairAuthorities?: readonly string[];
}

/** The way out to receivers of webhooks. Throws `invalid-input` for a key that is not valid. */
export function openWebhooks(
  settings: WebhookSettings,
  { sealer, metrics }: { readonly sealer: Pick<Sealer, 'open'>; readonly metrics: Metrics },
): WebhookSender {
  const { publicUrl, webhookPorts: ports, cloudEvents, clairCallback, clairKey, clairAuthorities = [] } = settings;
  // Plain HTTP is each endpoint's matter.
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
