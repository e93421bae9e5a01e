import type { Bus, DetectorClient, Store } from '@clarion/model';
import type { WebhookSender } from '@clarion/notification-channels';
import { type LayerEgress, openLayerEgress, openWebhooks, type WebhookSettings } from '@clarion/outbound';
import { createSealer, type Sealer } from '@clarion/sealing';
import type { Metrics } from '@clarion/service-runtime';

/** What an app chooses: where facts and work are kept, what looks into files, and processes of its own. */
export interface ChosenAdapters {
  readonly store: Store;
  readonly bus: Bus;
  readonly detectors: { readonly client: DetectorClient; readonly close: () => void };
  readonly processes: { readonly close: () => Promise<void> };
}

export interface AdapterSettings extends WebhookSettings {
  readonly layerPorts: readonly number[];
  readonly sealingKeys: readonly string[];
}

/** The adapters of an API, opened. */
export interface ApiAdapters extends Pick<LayerEgress, 'egress' | 'layerEgress'> {
  readonly store: Store;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  readonly sealer: Sealer;
  readonly webhooks: WebhookSender;
  /** Closes them, those that were chosen included; the store last. */
  readonly close: () => Promise<void>;
}

/** Opens what every API needs beside what the app has chosen. Throws `invalid-input` for a key that is not valid. */
export function openAdapters(
  settings: AdapterSettings,
  { store, bus, detectors, processes }: ChosenAdapters,
  metrics: Metrics,
): ApiAdapters {
  const sealer = createSealer(settings.sealingKeys);
  const { close: closeEgress, ...ways } = openLayerEgress(settings, metrics);
  const webhooks = openWebhooks(settings, { sealer, metrics });
  return {
    ...{ store, bus, sealer, webhooks, ...ways },
    detectors: detectors.client,
    async close() {
      await processes.close();
      await bus.close();
      detectors.close();
      await Promise.all([closeEgress(), webhooks.close()]);
      await store.close();
    },
  };
}
