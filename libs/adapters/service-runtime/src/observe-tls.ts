import type { TlsObserver } from '@clarion/connections';
import type { Log } from '@clarion/model';

import type { ProcessMetrics } from './metrics';

/** Logs and counts the certificates that were loaded or rejected, and shows when those in use end. */
export function observeTls({
  log,
  metrics,
}: {
  readonly log: Log;
  readonly metrics?: Pick<ProcessMetrics, 'metric'>;
}): TlsObserver {
  return ({ use, outcome, first, expiresAt, error }) => {
    if (expiresAt !== undefined)
      metrics?.metric('clarion_tls_certificate_expiry_timestamp_seconds').set({ use }, expiresAt.getTime() / 1000);
    if (first) return;
    metrics?.metric('clarion_tls_reloads_total').inc({ use, outcome });
    const fields = { use, ...(expiresAt !== undefined && { expires_at: expiresAt.toISOString() }) };
    if (outcome === 'loaded') log.info('Certificates were read again', fields);
    else log.error('New certificates cannot be used; those of before are still used', { ...fields, error });
  };
}
