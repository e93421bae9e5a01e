import { orderByKey } from '../sort-key';
import { opensslContinuations, opensslKey } from './parse';

/** OpenSSL upstream: patch letters up to 1.1.1, SemVer from 3.0. */
export const openssl = orderByKey({
  id: 'openssl',
  title: 'OpenSSL upstream versions',
  url: 'https://openssl-library.org/policies/general/versioning-policy/',
  isValid: (version) => opensslKey(version) !== undefined,
  key: opensslKey,
  continuations: opensslContinuations,
});
