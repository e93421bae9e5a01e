import { type ApiAdapters, openAdapters } from '@clarion/api-server';
import { openInProcessBus } from '@clarion/bus-in-process';
import { createSealer, newSealingKey } from '@clarion/sealing';
import type { ServiceContext } from '@clarion/service-runtime';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openDetectors } from '../detectors';
import { buildMentions } from './indexing/isolated-updating';
import { createPools, type IndexingPools, spareProcesses } from './indexing/start-indexing';
import { detectorChoice } from './config';
import { ownSealingKey } from './own-secrets';
import type { ServeSettings } from './settings';

/** The adapters of `clarion serve`. */
export interface ServeAdapters extends ApiAdapters {
  /** Processes for work that would block this one. */
  readonly pools: IndexingPools;
}

/** The embedded store, an in-process bus, the detectors of this build, and processes of this program. */
export async function chooseAdapters(
  settings: ServeSettings,
  { log, metrics, draining }: ServiceContext,
): Promise<ServeAdapters> {
  const { config, db } = settings;
  const store = await openEmbeddedStore({
    directory: db,
    mentions: true,
    resultBytes: config.storedReportBytes,
    buildMentions: () => buildMentions(pools.mentions, draining),
  });
  const bus = await openInProcessBus(store, { spares: { 'work.layer': spareProcesses } });
  const sealingKeys = config.sealingKeys ?? [ownSealingKey(db)];
  const memoryKey = newSealingKey();
  const pools = createPools(settings, [...sealingKeys, memoryKey]);
  const detectors = await openDetectors(detectorChoice(config, settings.env), log);
  const scheme = config.tlsCertificate === undefined ? 'http' : 'https';
  const publicUrl = config.publicUrl ?? `${scheme}://${settings.host}:${settings.port}`;
  const chosen = { store, bus, detectors, processes: pools };
  const opened = openAdapters({ ...config, publicUrl, sealingKeys }, chosen, metrics);
  return { pools, ...opened, memorySealer: createSealer(memoryKey) };
}
