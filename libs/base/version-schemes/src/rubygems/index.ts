import { orderByKey } from '../sort-key';
import { isRubygemsVersion, rubygemsContinuations, rubygemsKey } from './parse';

/** RubyGems: `Gem::Version`. */
export const rubygems = orderByKey({
  id: 'rubygems',
  title: 'Ruby gem versions',
  url: 'https://docs.ruby-lang.org/en/master/Gem/Version.html',
  isValid: isRubygemsVersion,
  key: rubygemsKey,
  continuations: rubygemsContinuations,
});
