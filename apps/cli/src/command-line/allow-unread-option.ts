import type { Option } from 'commander';
import { flag } from '../settings';

/** The ecosystems that an image may contain although no detector reads their packages. */
export function allowUnread(): Option {
  return flag('--allow-unread <list>', 'accept that no detector reads packages of these: npm, pypi, maven, generic …');
}
