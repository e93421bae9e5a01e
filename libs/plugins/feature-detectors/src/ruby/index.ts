import { type Detector, filesWithin } from '@clarion/model';
import { combine, nothingParsed } from '../parsed';
import { checkoutOf, isNotInstalled, versionsOf } from './git-gem';
import { parseGemspec, parseOwnGemspec } from './parse';

/** Gems that RubyGems and Bundler have installed. */
export const ruby: Detector = {
  id: 'ruby',
  kind: 'feature',
  version: 3,
  title: 'Ruby gems (specifications of installed gems, also from git)',
  files: {
    paths: [
      '**/specifications/*.gemspec',
      '**/specifications/default/*.gemspec',
      // Checkouts of Bundler, and the files that usually have the version.
      '**/bundler/gems/*/*.gemspec',
      '**/bundler/gems/*/*/*.gemspec',
      '**/bundler/gems/*/lib/**/version.rb',
    ],
    maxBytes: 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    const read = [...filesWithin(files, budget)];
    const versions = versionsOf(read, budget);
    return combine(
      read.filter(({ path }) => path.endsWith('.gemspec')),
      (file) => {
        if (isNotInstalled(file)) return nothingParsed;
        const checkout = checkoutOf(file.path);
        return checkout === undefined
          ? parseGemspec(file, budget)
          : parseOwnGemspec(file, versions.get(checkout), budget);
      },
    );
  },
};
