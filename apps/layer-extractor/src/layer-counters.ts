import type { Handler } from '@clarion/model';
import type { Metrics } from '@clarion/service-runtime';

/** Counts layers as they are read or found known, and images as they end. */
export function countLayers(metrics: Metrics): {
  readonly bytes: (bytes: number) => void;
  readonly handler: (handler: Handler<'work.layer'>) => Handler<'work.layer'>;
} {
  const layers = metrics.metric('clarion_layers_total');
  const scans = metrics.metric('clarion_scans_total');
  const ratio = metrics.metric('clarion_layer_dedup_ratio');
  let read = 0;
  let known = 0;
  return {
    bytes: (bytes) => {
      metrics.metric('clarion_layer_bytes_total').inc({ kind: 'compressed' }, bytes);
    },
    handler: (handler) =>
      async function* (event, context) {
        const end = metrics.metric('clarion_extract_duration_seconds').startTimer();
        for await (const caused of handler(event, context)) {
          if (caused.kind === 'layer.indexed') {
            if (caused.read) read += 1;
            else known += 1;
            layers.inc({ outcome: caused.read ? 'extracted' : 'deduplicated' });
            ratio.set(known / (read + known));
            if (caused.read) end();
          }
          if (caused.kind === 'image.indexed') scans.inc({ result: 'ok' });
          if (caused.kind === 'image.failed') {
            layers.inc({ outcome: 'failed' });
            scans.inc({ result: 'failed' });
          }
          yield caused;
        }
      },
  };
}
