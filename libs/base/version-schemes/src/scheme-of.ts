import { distributions, packageKindOf, packageKinds } from '@clarion/distributions';
import { namespaceFamily } from '@clarion/model';

/** Namespaces of languages and types of package URLs, by the scheme that orders their versions. */
const languages = {
  composer: ['composer', 'packagist'],
  conan: ['conan'],
  cran: ['cran'],
  go: ['golang', 'go'],
  hackage: ['hackage'],
  hex: ['hex'],
  maven: ['maven'],
  npm: ['npm'],
  nuget: ['nuget'],
  pep440: ['pypi'],
  pub: ['pub'],
  rubygems: ['gem', 'rubygems'],
  semver: ['cargo', 'crates.io', 'swift', 'julia'],
} satisfies Record<string, readonly string[]>;

const schemeByUser = new Map<string, string>([
  ...Object.entries(languages).flatMap(([scheme, names]) => names.map((name: string) => [name, scheme] as const)),
  ...packageKinds.map(([, { purlType, versionScheme }]) => [purlType, versionScheme] as const),
  ...distributions.flatMap(({ family, packageType }) => {
    const kind = packageKindOf(packageType);
    return kind === undefined ? [] : [[family, kind.versionScheme] as const];
  }),
]);

/** Id of the scheme for a namespace (`debian:12`, `wolfi`) or the type of a package URL (`deb`, `npm`). */
export function schemeOf(namespaceOrPurlType: string): string | undefined {
  return schemeByUser.get(namespaceFamily(namespaceOrPurlType));
}
