import { orderByKey } from '../sort-key';
import { conanContinuations, conanKey, isConanVersion } from './parse';

/** Conan (C, C++): SemVer extended to any number of numbers and words. */
export const conan = orderByKey({
  id: 'conan',
  title: 'Conan package versions',
  url: 'https://docs.conan.io/2/tutorial/versioning/version_ranges.html#semantic-versioning',
  isValid: isConanVersion,
  key: conanKey,
  continuations: conanContinuations,
});
