import { isGap, type EffectiveImage, type Handler, type LayerIndex, type CompositionCounts } from '@clarion/model';
import type { Metrics } from '@clarion/service-runtime';

type Count = (image: EffectiveImage) => Promise<CompositionCounts | null | undefined>;

export interface LayerCounters {
  readonly onBytes: (bytes: number) => void;
  readonly onLayer: (layer: LayerIndex) => void;
  readonly onImage: (image: EffectiveImage) => void;
  readonly timed: (count: Count) => Count;
  readonly handler: (handler: Handler<'work.layer'>) => Handler<'work.layer'>;
}

/** Counts layers as they are read or found known, and images as they end. */
export function countLayers(metrics: Metrics): LayerCounters {
  const bytes = metrics.metric('clarion_layer_bytes_total');
  const scans = metrics.metric('clarion_scans_total');
  const limits = metrics.metric('clarion_limits_hit_total');
  const matched = metrics.metric('clarion_match_duration_seconds');
  return {
    onBytes: (read) => {
      bytes.inc({ kind: 'compressed' }, read);
    },
    onLayer: ({ size, problems, detections }) => {
      bytes.inc({ kind: 'decompressed' }, size);
      const all = [...problems, ...detections.flatMap((detection) => detection.problems)];
      limits.inc({ kind: 'content' }, all.filter(({ code }) => code === 'limit-reached').length);
    },
    onImage: (image) => {
      scans.inc({ result: resultOf(image) });
    },
    timed: (count) => async (image) => {
      const end = matched.startTimer();
      const counts = await count(image);
      end();
      return counts;
    },
    handler: (handler) => counted(handler, metrics),
  };
}

/** Nothing is known of what an image holds, something was missed, or neither. */
function resultOf({ namespaces, features, problems }: EffectiveImage): 'unsupported' | 'incomplete' | 'ok' {
  if (namespaces.length === 0 && features.length === 0) return 'unsupported';
  return problems.some(isGap) ? 'incomplete' : 'ok';
}

function counted(handler: Handler<'work.layer'>, metrics: Metrics): Handler<'work.layer'> {
  const layers = metrics.metric('clarion_layers_total');
  const scans = metrics.metric('clarion_scans_total');
  const limits = metrics.metric('clarion_limits_hit_total');
  const ratio = metrics.metric('clarion_layer_dedup_ratio');
  const seconds = metrics.metric('clarion_extract_duration_seconds');
  let read = 0;
  let known = 0;
  return async function* (event, context) {
    const end = seconds.startTimer();
    for await (const caused of handler(event, context)) {
      if (caused.kind === 'layer.indexed') {
        if (caused.read) read += 1;
        else known += 1;
        layers.inc({ outcome: caused.read ? 'extracted' : 'deduplicated' });
        ratio.set(known / (read + known));
        if (caused.read) end();
      }
      if (caused.kind === 'image.failed') {
        layers.inc({ outcome: 'failed' });
        scans.inc({ result: 'failed' });
        if (caused.code === 'limit-exceeded') limits.inc({ kind: 'layer' });
      }
      yield caused;
    }
  };
}
