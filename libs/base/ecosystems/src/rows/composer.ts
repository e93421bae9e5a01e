import type { Ecosystem } from '../ecosystem';
import { directoryBefore } from '../directory-before';
import { lowerCase } from '../lower-case';

/** Packages of PHP: `vendor/name`. */
export const composer: Ecosystem = {
  type: 'composer',
  namespace: 'packagist',
  versionScheme: 'composer',
  osv: { name: 'Packagist', downloaded: true },
  otherNames: ['php'],
  normalise: lowerCase,
  purlName: lowerCase,
  purlNeedsNamespace: true,
  installedIn: (path) => directoryBefore(path, /(?:^|\/)composer\/installed\.json$/),
  readBy: [{ detector: 'php-composer', signs: ['**/composer/installed.json'] }],
  lockFiles: ['**/composer.lock'],
  manifests: ['**/composer.json'],
};

/** The type of the packages in archives of PHP (PHAR), which nothing lists. */
export const pharType: string = composer.type;
