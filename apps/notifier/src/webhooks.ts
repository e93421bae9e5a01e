import { createWebhookSender, type WebhookSender } from '@clarion/notification-channels';
import { createSealer } from '@clarion/sealing';
import { ClarionError } from '@clarion/model';
import { countDenials, type ConfigOf, type Metrics } from '@clarion/service-runtime';
import type { settings } from './config';
import { clarionVersion } from './release';

/** The way out to webhook receivers, as configured. Throws `invalid-input` for a port or key that is none. */
export function openWebhooks(config: ConfigOf<typeof settings>, metrics: Metrics): WebhookSender {
  const { allowedHosts, allowedNetworks, publicUrl, clairCallback, clairKey, clairAuthorities } = config;
  const userAgent = `clarion/${clarionVersion}`;
  return createWebhookSender({
    sealer: createSealer(config.sealingKeys),
    publicUrl,
    policy: { allowedHosts, allowedNetworks, ports: config.webhookPorts.map(portOf), userAgent },
    egress: { onDenied: countDenials(metrics) },
    binary: config.cloudEvents === 'binary',
    clairV4: {
      authorities: clairAuthorities,
      ...(clairCallback === undefined ? {} : { callbackBase: clairCallback }),
      ...(clairKey === undefined ? {} : { key: clairKey }),
    },
  });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port < 65_536) return port;
  throw new ClarionError('invalid-input', `CLARION_WEBHOOK_PORTS: ${text.slice(0, 20)} is no port`);
}
