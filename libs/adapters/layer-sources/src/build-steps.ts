import { shortenText } from '@clarion/file-formats';
import { describeLimits } from './limits';

/**
 * Build steps as stored with an image, shortened if they are long (`…`): they help people to recognise the layer, and
 * every list of images reads them.
 */
export function shortenSteps(steps: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const stated = steps.filter((step) => step !== undefined).length;
  const { step: longest, steps: inAll } = describeLimits;
  const length = Math.min(longest, Math.floor(inAll / Math.max(stated, 1)));
  return steps.map((step) => (step === undefined ? undefined : shortenText(step, length)));
}
