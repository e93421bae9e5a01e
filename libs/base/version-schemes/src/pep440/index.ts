import { orderByKey } from '../sort-key';
import { isPep440Version, pep440Continuations, pep440Key, withoutLocal } from './parse';

/** PyPI: PEP 440, with legacy versions below all valid ones. */
export const pep440 = orderByKey({
  id: 'pep440',
  title: 'Python package versions (PEP 440)',
  url: 'https://packaging.python.org/en/latest/specifications/version-specifiers/',
  isValid: isPep440Version,
  key: pep440Key,
  continuations: pep440Continuations,
  withoutLabel: withoutLocal,
});
