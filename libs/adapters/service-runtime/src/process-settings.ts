import { logLevels } from './create-log';
import { duration, oneOf, port, setting, text } from './setting';

/** Settings that every service has: spread them into its own table. */
export const processSettings = {
  logLevel: setting('CLARION_LOG_LEVEL', oneOf(logLevels), {
    about: 'Least severe level that is logged',
    default: 'info',
  }),
  introspectionHost: setting('CLARION_INTROSPECTION_HOST', text(), {
    about: 'Address that probes and metrics listen on',
    default: '0.0.0.0',
  }),
  introspectionPort: setting('CLARION_INTROSPECTION_PORT', port(), {
    about: 'Port of `/healthz`, `/readyz` and `/metrics`',
    default: '8089',
  }),
  drainMillis: setting('CLARION_DRAIN', duration(), {
    about: 'How long a service that is asked to stop still serves while it says that it is not ready',
    default: '5s',
  }),
  graceMillis: setting('CLARION_GRACE', duration(), {
    about:
      'How long a service that is asked to stop may take to finish its work; after that, the work is returned to the queue',
    default: '120s',
  }),
};
