import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseGemspec } from './parse';

/** Gems that RubyGems and Bundler have installed. */
export const ruby: Detector = {
  id: 'ruby',
  kind: 'feature',
  version: 2,
  title: 'Ruby gems (specifications of installed gems)',
  files: {
    paths: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec'],
    maxBytes: 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseGemspec(file, budget));
  },
};
