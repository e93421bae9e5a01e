import { yesOrNo } from '@clarion/model';
import type { Command, Option } from 'commander';
import { flag, variableOf } from '../settings';

/**
 * Adds the options that choose detectors: services to use in addition to the detectors of this build, and which of
 * these are on.
 */
export function withDetectorOptions(command: Command): Command {
  return command
    .addOption(
      flag('--detectors <list>', 'detector services that are asked too: host:port or tls://host:port, comma separated'),
    )
    .addOption(flag('--enable-detectors <list>', 'detectors to use that are off by default, see clarion detectors'))
    .addOption(flag('--disable-detectors <list>', 'detectors not to use'))
    .addOption(lockFilesOption());
}

/** Unlike for other options, `no` as its variable does not mean the same as none: directories are read by default. */
function lockFilesOption(): Option {
  const option = flag(
    '--lock-files',
    'read lock files and manifests in images too, as in sources (dir:); packages for development are left out',
  );
  return yesOrNo(process.env[variableOf(option)] ?? '') === false ? option.default(false) : option;
}
