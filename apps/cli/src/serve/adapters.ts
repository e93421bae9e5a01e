import { openInProcessBus } from '@clarion/bus-in-process';
import type { Bus, DetectorClient, Store } from '@clarion/model';
import type { WebhookSender } from '@clarion/notification-channels';
import { type LayerEgress, openLayerEgress, openWebhooks } from '@clarion/outbound';
import { createSealer, type Sealer } from '@clarion/sealing';
import type { ServiceContext } from '@clarion/service-runtime';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openDetectors } from '../detectors';
import { buildMentions } from './indexing/isolated-updating';
import { createPools, type IndexingPools, spareProcesses } from './indexing/start-indexing';
import { ownSealingKey } from './own-secrets';
import type { ServeSettings } from './settings';

/** What `clarion serve` runs on: the embedded store, a bus within this process, the detectors of this build. */
export interface Adapters extends Pick<LayerEgress, 'egress' | 'layerEgress'> {
  readonly store: Store;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  readonly sealer: Sealer;
  readonly webhooks: WebhookSender;
  /** Processes for what would keep this one from answering. */
  readonly pools: IndexingPools;
  readonly close: () => Promise<void>;
}

/** Opens all of them. */
export async function openAdapters(
  settings: ServeSettings,
  { log, metrics, draining }: ServiceContext,
): Promise<Adapters> {
  const { config, db } = settings;
  const store = await openEmbeddedStore({
    directory: db,
    mentions: true,
    buildMentions: () => buildMentions(pools.mentions, draining),
  });
  const bus = await openInProcessBus(store, { spares: { 'work.layer': spareProcesses } });
  const sealingKeys = config.sealingKeys ?? [ownSealingKey(db)];
  const pools = createPools(settings, sealingKeys);
  const sealer = createSealer(sealingKeys);
  const { close: closeEgress, ...ways } = openLayerEgress(config, metrics);
  const publicUrl = config.publicUrl ?? `http://${settings.host}:${settings.port}`;
  const webhooks = openWebhooks({ ...config, publicUrl }, { sealer, metrics });
  const detectors = await openDetectors(config.detectors.join(','), log);
  return {
    ...{ store, bus, sealer, webhooks, pools, ...ways },
    detectors: detectors.client,
    async close() {
      await pools.close();
      await bus.close();
      detectors.close();
      await Promise.all([closeEgress(), webhooks.close()]);
      await store.close();
    },
  };
}
