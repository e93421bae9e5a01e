import type { Detector } from './contracts';
import { ClarionError } from './errors';

/**
 * The detectors that are on: all but those that must be enabled, and of these the ones in `ids`. Throws `invalid-input`
 * for an id that is not among `detectors`.
 */
export function enabledDetectors(detectors: readonly Detector[], ids: readonly string[] = []): readonly Detector[] {
  const unknown = ids.find((id) => !detectors.some((detector) => detector.id === id));
  if (unknown !== undefined) {
    throw new ClarionError('invalid-input', `There is no detector ${JSON.stringify(unknown)} to enable`, {
      remedy: `known: ${detectors.map(({ id }) => id).join(', ')}`,
    });
  }
  return detectors.filter(({ id, enabled }) => enabled !== false || ids.includes(id));
}
