import { semverContinuations, semverKey, withoutPrefix } from '../semver/parse';
import { orderByKey } from '../sort-key';
import { isNugetVersion } from './parse';

/** NuGet: SemVer with up to four numbers, labels without letter case, metadata ignored. */
export const nuget = orderByKey({
  id: 'nuget',
  title: 'NuGet package versions',
  url: 'https://learn.microsoft.com/nuget/concepts/package-versioning',
  isValid: isNugetVersion,
  key: (version) => semverKey(withoutPrefix(version).toLowerCase()),
  continuations: (prefix) => semverContinuations(withoutPrefix(prefix).toLowerCase()),
});
