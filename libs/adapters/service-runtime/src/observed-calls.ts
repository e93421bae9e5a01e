import type { DenialReason } from '@clarion/egress';
import type { Log } from '@clarion/model';

import type { ProcessMetrics } from './metrics';

interface EndedCall {
  /** `clarion.v1.ImageService/GetImage`. */
  readonly method: string;
  /** Name of the status: `OK`, `NOT_FOUND`, … */
  readonly code: string;
  readonly seconds: number;
  readonly peer: string;
}

/**
 * Measures and logs the gRPC calls of a server; only calls of Clarion's services are logged, not probes and reflection.
 */
export function observedCalls({
  log,
  metrics,
}: {
  readonly log: Log;
  readonly metrics: ProcessMetrics;
}): (call: EndedCall) => void {
  const answered = metrics.metric('clarion_grpc_call_duration_seconds');
  const limits = metrics.metric('clarion_limits_hit_total');
  return ({ method, code, seconds, peer }) => {
    answered.observe({ method, code }, seconds);
    if (code === 'RESOURCE_EXHAUSTED') limits.inc({ kind: 'call' });
    if (method.startsWith('clarion.')) log.info('Call answered', { method, code, seconds, peer });
  };
}

/** Counts requests that an egress denies. */
export function countDenials(metrics: ProcessMetrics): (reason: DenialReason) => void {
  const denied = metrics.metric('clarion_egress_denied_total');
  return (reason) => {
    denied.inc({ reason });
  };
}

/** Callers choose the addresses: only this many get a separate label. */
const mostRegistries = 50;

/** Counts responses of registries by host. */
export function countRegistryAnswers(
  metrics: ProcessMetrics,
): (answer: { readonly host: string; readonly status: number }) => void {
  const answers = metrics.metric('clarion_registry_requests_total');
  const throttled = metrics.metric('clarion_registry_throttled_total');
  const known = new Set<string>();
  return ({ host, status }) => {
    if (known.size < mostRegistries) known.add(host);
    const registry = known.has(host) ? host : 'other';
    answers.inc({ registry });
    if (status === 429) throttled.inc({ registry });
  };
}
