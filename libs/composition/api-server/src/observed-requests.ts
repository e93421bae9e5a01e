import type { FinishedRequest } from '@clarion/http-engine';
import type { ProcessMetrics } from '@clarion/service-runtime';

/** REST problems of limits, by their names in `clarion_limits_hit_total`. */
const limitKinds: Readonly<Record<string, string>> = {
  'queue-full': 'queue',
  'too-many-requests': 'rate',
  'too-large': 'body',
  'limit-exceeded': 'body',
};

/** Measures REST requests, and counts the limits that they hit. */
export function observedRequests(metrics: ProcessMetrics): (request: FinishedRequest) => void {
  const seconds = metrics.metric('clarion_http_request_duration_seconds');
  const limits = metrics.metric('clarion_limits_hit_total');
  return ({ route, method, status, seconds: taken, code = '' }) => {
    seconds.observe({ route, method, code: String(status) }, taken);
    const kind = limitKinds[code];
    if (kind !== undefined) limits.inc({ kind });
  };
}
