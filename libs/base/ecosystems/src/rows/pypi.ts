import type { Ecosystem } from '../ecosystem';
import { directoryBefore } from '../directory-before';

/** PEP 503. */
function normalised(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Packages of Python. */
export const pypi: Ecosystem = {
  type: 'pypi',
  namespace: 'pypi',
  versionScheme: 'pep440',
  osv: { name: 'PyPI', downloaded: true },
  otherNames: ['pip', 'python'],
  normalise: normalised,
  purlName: normalised,
  installedIn: (path) => directoryBefore(path, /(?:^|\/)[^/]+\.(?:dist-info|egg-info|egg)(?:\/|$)/),
  readBy: [
    {
      detector: 'python',
      signs: ['**/*.dist-info/METADATA', '**/*.egg-info/PKG-INFO', '**/*.egg-info', '**/*.egg/EGG-INFO/PKG-INFO'],
    },
    { detector: 'python-archives', signs: ['**/*.egg'] },
  ],
  // Programs of zipapp, shiv and pex: their packages are in the archive.
  signs: ['**/*.pyz', '**/*.pex'],
  lockFiles: [
    ...['**/poetry.lock', '**/uv.lock', '**/pdm.lock', '**/pylock.toml'],
    ...['**/Pipfile.lock', '**/requirements*.txt', '**/*requirements.txt', '**/requirements/*.txt'],
  ],
  manifests: ['**/pyproject.toml', '**/Pipfile', '**/setup.py', '**/setup.cfg', '**/constraints.txt'],
  workspaceLocks: ['uv.lock'],
  installedBelow: /(?:^|\/)(?:(?:site|dist)-packages|__pypackages__)\//,
};
