import type { IndexLayerDeps, LayerMeasure } from '@clarion/layer-indexing';
import { type EffectiveImage, isGap } from '@clarion/model';

type Measured = Required<Pick<IndexLayerDeps, 'onBytes' | 'onLayer' | 'onImage' | 'count'>>;

/**
 * Measures reading layers, composing images and counting their vulnerabilities. A separate process reports to the one
 * with the metrics: byte counts are sent with the next other measurement, as each report is a message.
 */
export function measureLayers(count: IndexLayerDeps['count'], report: (measure: LayerMeasure) => void): Measured {
  let compressed = 0;
  const reportBytes = (): void => {
    if (compressed > 0) report({ of: 'bytes', compressed });
    compressed = 0;
  };
  return {
    onBytes: (read) => {
      compressed += read;
      if (compressed >= manyBytes) reportBytes();
    },
    onLayer: ({ size, problems, detections }) => {
      reportBytes();
      const all = [...problems, ...detections.flatMap((detection) => detection.problems)];
      report({ of: 'layer', decompressed: size, limits: all.filter(({ code }) => code === 'limit-reached').length });
    },
    onImage: (image) => {
      report({ of: 'image', result: resultOf(image) });
    },
    count: async (image) => {
      const start = performance.now();
      const counts = await count(image);
      report({ of: 'match', seconds: (performance.now() - start) / 1000 });
      return counts;
    },
  };
}

const manyBytes = 16 * 1024 ** 2;

/** The contents of an image are unknown, incompletely read, or neither. */
function resultOf({ namespaces, features, problems }: EffectiveImage): 'unsupported' | 'incomplete' | 'ok' {
  if (namespaces.length === 0 && features.length === 0) return 'unsupported';
  return problems.some(isGap) ? 'incomplete' : 'ok';
}
