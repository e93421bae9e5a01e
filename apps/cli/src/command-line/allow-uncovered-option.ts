import type { Option } from 'commander';
import { flag } from '../settings';

/** The ecosystems that an image may contain although no detector reads their packages. */
export function allowUncovered(): Option {
  return flag(
    '--allow-uncovered <list>',
    'accept that packages of these are not looked at: npm, pypi, maven, generic …',
  );
}
