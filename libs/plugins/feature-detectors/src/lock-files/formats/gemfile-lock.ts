import type { LockFormat } from '../lock-format';
import { linesOf } from '../lock-text';

/** Sections with gems that are not the project's own directories. */
const sections: ReadonlySet<string> = new Set(['GEM', 'GIT', 'PLUGIN SOURCE']);

/** Locks of Bundler (https://bundler.io). They do not say what is for development only. */
export const gemfileLock: LockFormat = {
  type: 'gem',
  names: ['Gemfile.lock', 'gems.locked'],
  notBelow: ['vendor'],
  read(file) {
    let section = '';
    let isKnown = false;
    let hasSources = false;
    let needsGems = false;
    for (const line of linesOf(file.text(), file.budget)) {
      if (/^\S/.test(line)) {
        section = line.trim();
        hasSources ||= section === 'PATH' || sections.has(section);
        isKnown ||= /^[A-Z]+(?: [A-Z]+)*$/.test(section);
        continue;
      }
      needsGems ||= section === 'DEPENDENCIES' && line.trim() !== '';
      // What a gem depends on is indented further.
      const [, name, version = ''] = /^ {4}(\S+) \(([^()]+)\)$/.exec(line) ?? [];
      if (name === undefined || !sections.has(section)) continue;
      // The rest is the platform: `1.15.4-x86_64-linux`.
      if (!file.list(name, version.split('-', 1)[0])) return;
    }
    if (!isKnown) file.reject('it has no section of Bundler');
    else if (needsGems && !hasSources) file.isOfUnknownForm('it has no section GEM');
  },
};
