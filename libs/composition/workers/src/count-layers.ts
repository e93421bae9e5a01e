import type { LayerMeasure } from '@clarion/layer-indexing';
import type { WorkHandler } from '@clarion/model';
import { countEgress } from '@clarion/outbound';
import type { ProcessMetrics } from '@clarion/service-runtime';

/** Counts measurements, made in this process or in a separate one (`measureLayers`, `measureEgress`). */
export function countMeasures(metrics: ProcessMetrics): (measure: LayerMeasure) => void {
  const bytes = metrics.metric('clarion_layer_bytes_total');
  const scans = metrics.metric('clarion_scans_total');
  const limits = metrics.metric('clarion_limits_hit_total');
  const { onDenied, onAnswer } = countEgress(metrics);
  const matched = metrics.metric('clarion_match_duration_seconds');
  return (measure) => {
    switch (measure.of) {
      case 'bytes':
        bytes.inc({ kind: 'compressed' }, measure.compressed);
        return;
      case 'layer':
        bytes.inc({ kind: 'decompressed' }, measure.decompressed);
        limits.inc({ kind: 'content' }, measure.limits);
        return;
      case 'image':
        scans.inc({ result: measure.result });
        return;
      case 'match':
        matched.observe(measure.seconds);
        return;
      case 'denial':
        onDenied(measure.reason);
        return;
      case 'answer':
        onAnswer(measure);
    }
  };
}

/** The same handler, which also counts layers that are read or found known, and images that fail. */
export function countLayers(handler: WorkHandler<'work.layer'>, metrics: ProcessMetrics): WorkHandler<'work.layer'> {
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
