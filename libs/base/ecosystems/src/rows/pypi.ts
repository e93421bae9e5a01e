import type { Ecosystem } from '../ecosystem';

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
};
