import type { Option } from 'commander';
import { flag } from '../settings';

/** Which detector services are asked beside the detectors of this build. */
export function detectorsOption(): Option {
  return flag(
    '--detectors <list>',
    'detector services that are asked too: host:port or tls://host:port, comma separated',
  );
}
