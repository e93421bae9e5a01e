import { orderByKey } from '../sort-key';
import { isPartial, isSemver, semverContinuations, semverKey, withoutPrefix } from './parse';

/** SemVer 2.0.0, which crates.io, Swift and OSV ranges of type SEMVER use. A leading `v` is tolerated. */
export const semver = orderByKey({
  id: 'semver',
  title: 'Semantic Versioning 2.0.0 (crates.io, Swift)',
  url: 'https://semver.org/spec/v2.0.0.html',
  isValid: isSemver,
  key: (version) => semverKey(withoutPrefix(version)),
  isCertain: isPartial,
  continuations: (prefix) => semverContinuations(withoutPrefix(prefix)),
});
