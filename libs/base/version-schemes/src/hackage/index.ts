import { numberListContinuations } from '../cran/parse';
import { orderByKey } from '../sort-key';
import { hackageKey, isHackageVersion } from './parse';

/** Hackage (Haskell): the order of `Data.Version`, Package Versioning Policy. */
export const hackage = orderByKey({
  id: 'hackage',
  title: 'Haskell package versions',
  url: 'https://pvp.haskell.org/',
  isValid: isHackageVersion,
  key: hackageKey,
  continuations: numberListContinuations,
});
