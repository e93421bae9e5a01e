import { isPartial, semverContinuations, semverKey, withoutPrefix } from '../semver/parse';
import { orderByKey } from '../sort-key';
import { isNpmVersion } from './parse';

/** npm: SemVer with leading `v`, `=` and blanks; partial versions, as in advisories, are filled with zeros. */
export const npm = orderByKey({
  id: 'npm',
  title: 'npm package versions',
  url: 'https://github.com/npm/node-semver#versions',
  isValid: isNpmVersion,
  key: (version) => semverKey(withoutPrefix(version)),
  isCertain: isPartial,
  continuations: (prefix) => semverContinuations(withoutPrefix(prefix)),
});
