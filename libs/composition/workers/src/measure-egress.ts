import type { LayerMeasure } from '@clarion/layer-indexing';
import type { EgressObserver } from '@clarion/outbound';

/** Measures denied requests and responses of registries, for a separate process that has the metrics. */
export function measureEgress(report: (measure: LayerMeasure) => void): Required<EgressObserver> {
  return {
    onDenied: (reason) => {
      report({ of: 'denial', reason });
    },
    onAnswer: ({ host, status }) => {
      report({ of: 'answer', host, status });
    },
  };
}
