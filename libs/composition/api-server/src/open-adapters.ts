import type { Bus, DetectorClient, Store } from '@clarion/model';
import type { WebhookSender } from '@clarion/notification-channels';
import { countEgress, type LayerEgress, openLayerEgress, openWebhooks, type WebhookSettings } from '@clarion/outbound';
import { createSealer, type Sealer } from '@clarion/sealing';
import type { ProcessMetrics } from '@clarion/service-runtime';

/** The adapters that an app chooses: the store, the bus, the detectors, and separate processes. */
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

/** The opened adapters of an API. */
export interface ApiAdapters extends Pick<LayerEgress, 'egress' | 'layerEgress'> {
  readonly store: Store;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  readonly sealer: Sealer;
  /** With a key that is only in memory; absent where other services read layers. */
  readonly memorySealer?: Sealer;
  readonly webhooks: WebhookSender;
  /** Closes them, including those chosen by the app; the store last. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the adapters that every API needs in addition to those chosen by the app. Throws `invalid-input` for an
 * invalid key.
 */
export function openAdapters(
  settings: AdapterSettings,
  { store, bus, detectors, processes }: ChosenAdapters,
  metrics: ProcessMetrics,
): ApiAdapters {
  const sealer = createSealer(settings.sealingKeys);
  const { close: closeEgress, ...ways } = openLayerEgress(settings, countEgress(metrics));
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
