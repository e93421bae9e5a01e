import type { ProcessMetrics } from '@clarion/service-runtime';

/** Counts failed attempts of callers by their method, for all APIs. */
export function countAuthenticationFailures(metrics: ProcessMetrics): (method: string) => void {
  const failures = metrics.metric('clarion_auth_failures_total');
  return (method) => {
    failures.inc({ method });
  };
}
