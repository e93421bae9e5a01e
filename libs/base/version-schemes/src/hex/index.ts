import { isPartial, isSemver, semverContinuations, semverKey, withoutPrefix } from '../semver/parse';
import { orderByKey } from '../sort-key';

/** Hex (Elixir, Erlang): SemVer 2.0.0 as Elixir's `Version` reads it. */
export const hex = orderByKey({
  id: 'hex',
  title: 'Hex package versions',
  url: 'https://hexdocs.pm/elixir/Version.html',
  isValid: isSemver,
  key: (version) => semverKey(withoutPrefix(version)),
  isCertain: isPartial,
  continuations: (prefix) => semverContinuations(withoutPrefix(prefix)),
});
