import type { Option } from 'commander';
import { flag } from '../settings';

/** The detector services to use in addition to the detectors of this build. */
export function detectorsOption(): Option {
  return flag(
    '--detectors <list>',
    'detector services that are asked too: host:port or tls://host:port, comma separated',
  );
}
