import { namespaceFamily } from '@clarion/model';

/** Families of namespaces and types of package URLs, by the scheme that orders their versions. */
const users = {
  alpm: ['arch', 'alpm'],
  apk: ['alpine', 'wolfi', 'chainguard', 'minimos', 'postmarketos', 'apk'],
  composer: ['composer', 'packagist'],
  conan: ['conan'],
  cran: ['cran'],
  dpkg: ['debian', 'ubuntu', 'raspbian', 'deb'],
  gentoo: ['gentoo', 'ebuild'],
  go: ['golang', 'go'],
  hackage: ['hackage'],
  hex: ['hex'],
  maven: ['maven'],
  npm: ['npm'],
  nuget: ['nuget'],
  pep440: ['pypi'],
  pub: ['pub'],
  rpm: [
    ...['rhel', 'redhat', 'centos', 'centos-stream', 'oracle', 'rocky', 'alma', 'fedora', 'amzn', 'rpm'],
    ...['sles', 'sle-micro', 'sl-micro', 'opensuse', 'opensuse-leap', 'opensuse-tumbleweed'],
    ...['photon', 'azurelinux', 'mariner', 'bottlerocket'],
  ],
  rubygems: ['gem', 'rubygems'],
  semver: ['cargo', 'crates.io', 'swift', 'julia'],
} satisfies Record<string, readonly string[]>;

const schemeByUser = new Map<string, string>(
  Object.entries(users).flatMap(([scheme, names]) => names.map((name: string) => [name, scheme] as const)),
);

/** Id of the scheme for a namespace (`debian:12`, `wolfi`) or the type of a package URL (`deb`, `npm`). */
export function schemeOf(namespaceOrPurlType: string): string | undefined {
  return schemeByUser.get(namespaceFamily(namespaceOrPurlType));
}
