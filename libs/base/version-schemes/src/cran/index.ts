import { orderByKey } from '../sort-key';
import { cranKey, numberListContinuations } from './parse';

/** CRAN (R): `package_version`, which requires at least two numbers. */
export const cran = orderByKey({
  id: 'cran',
  title: 'R package versions',
  url: 'https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file',
  isValid: (version) => /^\d+(?:[.-]\d+)+$/.test(version),
  key: cranKey,
  continuations: numberListContinuations,
});
