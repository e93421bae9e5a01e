import type { Detector } from './contracts';
import { ClarionError } from './errors';
import { nearestWord } from './nearest-word';

/** Which detectors to use, where not the ones that are on by default: ids to switch on, and to switch off at last. */
export interface DetectorSwitches {
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
  /** Whether those of lock files are on; no unless stated. */
  readonly lockFiles?: boolean;
}

/**
 * The detectors that are on: all but those that must be enabled and are not, and those that are disabled. Throws
 * `invalid-input` for an id that is not among `detectors`.
 */
export function enabledDetectors(
  detectors: readonly Detector[],
  { enable = [], disable = [], lockFiles = false }: DetectorSwitches = {},
): readonly Detector[] {
  requireKnown(enable, detectors, 'enable');
  requireKnown(disable, detectors, 'disable');
  return detectors.filter((detector) => {
    const isOn = isOnByDefault(detector) || (detector.lockFiles === true && lockFiles) || enable.includes(detector.id);
    return isOn && !disable.includes(detector.id);
  });
}

function isOnByDefault({ enabled, lockFiles }: Detector): boolean {
  return enabled !== false && lockFiles !== true;
}

/** The remedy is the near id, or those that may be meant. */
function requireKnown(ids: readonly string[], detectors: readonly Detector[], verb: 'enable' | 'disable'): void {
  const unknown = ids.find((id) => !detectors.some((detector) => detector.id === id));
  if (unknown === undefined) return;
  const isOn = verb === 'disable';
  const names = detectors.filter((detector) => isOnByDefault(detector) === isOn).map(({ id }) => id);
  const meant = nearestWord(unknown, names);
  const known = `these are ${isOn ? 'on' : 'off'} by default: ${names.join(', ')}`;
  throw new ClarionError('invalid-input', `There is no detector ${JSON.stringify(unknown)} to ${verb}`, {
    remedy: meant === undefined ? known : `did you mean ${meant}?`,
  });
}
