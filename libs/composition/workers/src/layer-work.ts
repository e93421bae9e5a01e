import { type IndexLayerDeps, rememberedLayers, RememberedViews } from '@clarion/layer-indexing';
import { openSubmittedImage } from '@clarion/layer-sources';
import type { DetectorClient, Store } from '@clarion/model';
import type { LayerEgress } from '@clarion/outbound';
import type { Sealer } from '@clarion/sealing';
import { countVulnerabilities } from '@clarion/use-cases';
import type { MatchSettings } from './match-settings';

/** Limits for one layer (`layerSizeSettings`, `layerTimeSettings`). */
export interface LayerBounds {
  readonly layerBytes: number;
  readonly layerTarBytes: number;
  readonly layerMillis: number;
}

/** The limits of reading a layer, in the form of `indexLayer`. */
export function layerLimits({ layerBytes, layerTarBytes, layerMillis }: LayerBounds): IndexLayerDeps['limits'] & {} {
  return { compressedBytes: layerBytes, bytes: layerTarBytes, millis: layerMillis };
}

export interface LayerWorkContext {
  readonly store: Store;
  readonly detectors: DetectorClient;
  readonly sealer: Pick<Sealer, 'open'>;
  readonly ways: Pick<LayerEgress, 'egress' | 'layerEgress'>;
  readonly matching: MatchSettings;
  /** Name of this process in leases. */
  readonly owner: string;
}

/** The dependencies of `indexLayer`: layers of registries and addresses, with the credentials given for them. */
export function layerWork(
  bounds: LayerBounds,
  { store, detectors, sealer, ways, matching, owner }: LayerWorkContext,
): Omit<IndexLayerDeps, 'onBegin'> {
  const { egress, layerEgress } = ways;
  return {
    ...{ store, detectors, layers: rememberedLayers(store), views: new RememberedViews() },
    now: matching.now,
    owner,
    open: ({ image, submission: { origin: source } }) =>
      Promise.resolve(
        openSubmittedImage({ image, source }, { egress, layerEgress, open: (text) => sealer.open(text) }),
      ),
    count: (image) => countVulnerabilities(image, { ...matching, store }),
    limits: layerLimits(bounds),
  };
}
