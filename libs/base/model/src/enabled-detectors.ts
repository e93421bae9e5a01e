import type { Detector } from './contracts';
import { ClarionError } from './errors';
import { nearestWord } from './nearest-word';

/**
 * The detectors that are on: all but those that must be enabled, and of these the ones in `ids`; those of lock files
 * only where `withLockFiles` is true. Throws `invalid-input` for an id that is not among `detectors`.
 */
export function enabledDetectors(
  detectors: readonly Detector[],
  ids: readonly string[] = [],
  withLockFiles = false,
): readonly Detector[] {
  const unknown = ids.find((id) => !detectors.some((detector) => detector.id === id));
  if (unknown !== undefined) {
    throw new ClarionError('invalid-input', `There is no detector ${JSON.stringify(unknown)} to enable`, {
      remedy: remedyFor(unknown, detectors),
    });
  }
  return detectors.filter(({ id, enabled, lockFiles }) => {
    return (lockFiles === true ? withLockFiles : enabled !== false) || ids.includes(id);
  });
}

/** The near one, or those that are off unless they are enabled. */
function remedyFor(unknown: string, detectors: readonly Detector[]): string {
  const off = detectors.filter(({ enabled, lockFiles }) => enabled === false || lockFiles === true).map(({ id }) => id);
  const meant = nearestWord(unknown, off);
  return meant === undefined ? `these are off by default: ${off.join(', ')}` : `did you mean ${meant}?`;
}
