import { schemeOf } from '@clarion/version-schemes';
import type { OsvPlace } from './osv-record';

/** The OSV name of a language ecosystem, and the namespace of its packages. */
export interface LanguageEcosystem {
  readonly ecosystem: string;
  readonly namespace: string;
  readonly normalise?: (name: string) => string;
}

const lowerCase = (name: string): string => name.toLowerCase();

/** Registries of ecosystems with `normalise` treat `Foo_Bar` and `foo-bar` as one name; the others distinguish them. */
export const languageEcosystems: readonly LanguageEcosystem[] = [
  { ecosystem: 'Go', namespace: 'go' },
  { ecosystem: 'Maven', namespace: 'maven' },
  { ecosystem: 'NuGet', namespace: 'nuget', normalise: lowerCase },
  { ecosystem: 'Packagist', namespace: 'packagist', normalise: lowerCase },
  // PEP 503.
  { ecosystem: 'PyPI', namespace: 'pypi', normalise: (name) => name.replace(/[-_.]+/g, '-').toLowerCase() },
  { ecosystem: 'RubyGems', namespace: 'rubygems' },
  { ecosystem: 'crates.io', namespace: 'crates.io' },
  { ecosystem: 'npm', namespace: 'npm' },
];

const places: ReadonlyMap<string, OsvPlace> = new Map(
  languageEcosystems.map(({ ecosystem, namespace, normalise }) => [
    ecosystem,
    {
      namespace,
      nameKind: 'binary',
      scheme: schemeOf(namespace) ?? 'semver',
      ...(normalise === undefined ? {} : { normalise }),
    },
  ]),
);

/** The namespace and version scheme of a language ecosystem; undefined for any other ecosystem. */
export function languagePlace(ecosystem: string): OsvPlace | undefined {
  return places.get(ecosystem);
}
