import { schemeOf } from '@clarion/version-schemes';
import type { OsvPlace } from './osv-record';

/** A language ecosystem as OSV calls it, with the namespace that its packages live in. */
export interface LanguageEcosystem {
  readonly ecosystem: string;
  readonly namespace: string;
  readonly normalise?: (name: string) => string;
}

const lowerCase = (name: string): string => name.toLowerCase();

/** The registries take `Foo_Bar` and `foo-bar` for one name where `normalise` is stated, and tell them apart elsewhere. */
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

/** Where the packages of a language ecosystem belong; undefined for any other ecosystem. */
export function languagePlace(ecosystem: string): OsvPlace | undefined {
  return places.get(ecosystem);
}
