import type { Option } from 'commander';
import { flag } from '../settings';

/** Which ecosystems may be in an image although no detector reads their packages. */
export function allowUncovered(): Option {
  return flag(
    '--allow-uncovered <list>',
    'accept that packages of these are not looked at: npm, pypi, maven, generic …',
  );
}
