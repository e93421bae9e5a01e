import type { Ecosystem } from '../ecosystem';
import { directoryBefore } from '../directory-before';

/** Packages of Ruby. */
export const gem: Ecosystem = {
  type: 'gem',
  namespace: 'rubygems',
  versionScheme: 'rubygems',
  osv: { name: 'RubyGems', downloaded: true },
  otherNames: ['ruby'],
  installedIn: (path) => directoryBefore(path, /(?:^|\/)specifications\/(?:default\/)?[^/]+$/),
  readBy: [{ detector: 'ruby', signs: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec'] }],
  lockFiles: ['**/Gemfile.lock', '**/gems.locked'],
};
