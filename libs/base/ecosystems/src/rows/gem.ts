import type { Ecosystem } from '../ecosystem';
import { directoryBefore } from '../directory-before';

const checkout = /^(?:.*\/)?bundler\/gems\/[^/]+(?=\/)/;

/** Packages of Ruby. */
export const gem: Ecosystem = {
  type: 'gem',
  namespace: 'rubygems',
  versionScheme: 'rubygems',
  osv: { name: 'RubyGems', downloaded: true },
  otherNames: ['ruby'],
  // What Bundler has checked out is upgraded as a whole.
  installedIn: (path) =>
    checkout.exec(path)?.[0] ?? directoryBefore(path, /(?:^|\/)specifications\/(?:default\/)?[^/]+$/),
  readBy: [{ detector: 'ruby', signs: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec'] }],
  lockFiles: ['**/Gemfile.lock', '**/gems.locked'],
  manifests: ['**/Gemfile', '**/gems.rb'],
};
