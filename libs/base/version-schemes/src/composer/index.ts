import { orderByKey } from '../sort-key';
import { composerContinuations, composerKey, isComposerVersion } from './parse';

/** Packagist: PHP's `version_compare`, which Composer uses. */
export const composer = orderByKey({
  id: 'composer',
  title: 'Composer package versions',
  url: 'https://getcomposer.org/doc/articles/versions.md',
  isValid: isComposerVersion,
  key: composerKey,
  continuations: composerContinuations,
});
