import { shortenText } from '@clarion/file-formats';
import { describeLimits } from './limits';

/**
 * Steps of a build as they are kept with an image, cut where they are long (`…`): they are for people who look for the layer,
 * and every list of images reads them.
 */
export function shortenSteps(steps: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const stated = steps.filter((step) => step !== undefined).length;
  const { step: longest, steps: inAll } = describeLimits;
  const length = Math.min(longest, Math.floor(inAll / Math.max(stated, 1)));
  return steps.map((step) => (step === undefined ? undefined : shortenText(step, length)));
}
