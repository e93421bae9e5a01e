import type { Ecosystem } from '../ecosystem';

/** Packages of Ruby. */
export const gem: Ecosystem = {
  type: 'gem',
  namespace: 'rubygems',
  versionScheme: 'rubygems',
  osv: { name: 'RubyGems', downloaded: true },
  otherNames: ['ruby'],
  readBy: { detectors: ['ruby'], signs: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec'] },
  lockFiles: ['**/Gemfile.lock', '**/gems.locked'],
};
