import { createWebhookSender, type WebhookSender } from '@clarion/notification-channels';
import { userAgent } from '@clarion/release';
import { createSealer } from '@clarion/sealing';
import { countDenials, type ConfigOf, type Metrics } from '@clarion/service-runtime';
import type { settings } from './config';

/** The way out to webhook receivers, as configured. Throws `invalid-input` for a key that is none. */
export function openWebhooks(config: ConfigOf<typeof settings>, metrics: Metrics): WebhookSender {
  const { allowedHosts, allowedNetworks, publicUrl, clairCallback, clairKey, clairAuthorities } = config;
  return createWebhookSender({
    sealer: createSealer(config.sealingKeys),
    publicUrl,
    policy: { allowedHosts, allowedNetworks, ports: config.webhookPorts, userAgent },
    egress: { onDenied: countDenials(metrics) },
    binary: config.cloudEvents === 'binary',
    clairV4: {
      authorities: clairAuthorities,
      ...(clairCallback === undefined ? {} : { callbackBase: clairCallback }),
      ...(clairKey === undefined ? {} : { key: clairKey }),
    },
  });
}
