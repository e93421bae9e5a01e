import { isPartial } from '../semver/parse';
import { orderByKey } from '../sort-key';
import { goContinuations, goKey, isGoVersion } from './parse';

/** Go modules (pseudo-versions, `+incompatible`) and toolchains (`go1.22rc1`), the latter for `stdlib`. */
export const go = orderByKey({
  id: 'go',
  title: 'Go module and toolchain versions',
  url: 'https://go.dev/ref/mod#versions',
  isValid: isGoVersion,
  key: goKey,
  isCertain: isPartial,
  continuations: goContinuations,
});
