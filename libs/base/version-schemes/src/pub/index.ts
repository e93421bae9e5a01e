import { isPartial, semverContinuations, semverKey, withoutPrefix } from '../semver/parse';
import { orderByKey } from '../sort-key';
import { isPubVersion } from './parse';

/** Dart and Flutter: SemVer, except that build metadata counts in the order. */
export const pub = orderByKey({
  id: 'pub',
  title: 'Dart package versions',
  url: 'https://pub.dev/documentation/pub_semver/latest/pub_semver/Version-class.html',
  isValid: isPubVersion,
  key: (version) => semverKey(withoutPrefix(version), { build: true }),
  isCertain: isPartial,
  continuations: (prefix) => semverContinuations(withoutPrefix(prefix), { build: true }),
});
