/** An ecosystem whose packages no detector reads, and the files that are cheap signs of its packages. */
export interface UnreadEcosystem {
  /** The type of package URLs (https://github.com/package-url/purl-spec). */
  readonly id: string;
  /** Globs over whole paths. Files that packages of the distribution own do not count. */
  readonly paths: readonly string[];
}

/**
 * When a detector reads an ecosystem, its line is removed here. A few lock files stand for compiled or bundled
 * applications.
 */
export const ecosystems: readonly UnreadEcosystem[] = [
  // Homebrew writes one for each version that it installs.
  { id: 'brew', paths: ['**/Cellar/*/*/INSTALL_RECEIPT.json'] },
  { id: 'cargo', paths: ['**/Cargo.lock'] },
  { id: 'composer', paths: ['**/composer/installed.json', '**/composer.lock'] },
  { id: 'conan', paths: ['**/conan.lock'] },
  { id: 'conda', paths: ['**/conda-meta/*.json'] },
  { id: 'cpan', paths: ['**/.packlist', '**/cpanfile.snapshot'] },
  { id: 'cran', paths: ['**/library/*/DESCRIPTION', '**/site-library/*/DESCRIPTION'] },
  // Portage is the package manager of Gentoo; this file exists for each installed package.
  { id: 'ebuild', paths: ['var/db/pkg/*/*/PF'] },
  { id: 'flatpak', paths: ['**/flatpak/app/*/*/*/*/metadata', '**/flatpak/runtime/*/*/*/*/metadata'] },
  { id: 'gem', paths: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec', '**/Gemfile.lock'] },
  { id: 'golang', paths: ['**/go.mod', '**/go.sum'] },
  { id: 'hackage', paths: ['**/stack.yaml.lock', '**/cabal.project.freeze'] },
  { id: 'hex', paths: ['**/mix.lock'] },
  {
    id: 'maven',
    paths: [
      ...['**/*.jar', '**/*.war', '**/*.ear', '**/*.JAR', '**/*.WAR', '**/*.EAR'],
      ...['**/*.hpi', '**/*.jpi', '**/*.kar', '**/*.class', '**/gradle.lockfile'],
    ],
  },
  {
    id: 'npm',
    paths: [
      '**/node_modules/*/package.json',
      '**/node_modules/@*/*/package.json',
      '**/package-lock.json',
      '**/yarn.lock',
      '**/pnpm-lock.yaml',
      // Packages of Yarn are zip files beside it.
      '**/.pnp.cjs',
      '**/.pnp.js',
      '**/bun.lock',
      '**/bun.lockb',
      '**/deno.lock',
    ],
  },
  { id: 'nuget', paths: ['**/*.deps.json', '**/packages.lock.json', '**/*.nupkg'] },
  // OpenWrt's package manager. It has no package URL type.
  { id: 'opkg', paths: ['**/lib/opkg/status'] },
  { id: 'pub', paths: ['**/pubspec.lock'] },
  {
    id: 'pypi',
    paths: [
      '**/*.dist-info/METADATA',
      '**/*.egg-info/PKG-INFO',
      '**/*.egg-info',
      '**/*.egg',
      '**/*.whl',
      '**/*.egg/EGG-INFO/PKG-INFO',
      '**/poetry.lock',
      '**/Pipfile.lock',
      '**/uv.lock',
      '**/requirements.txt',
    ],
  },
  { id: 'snap', paths: ['**/snaps/*.snap', '**/snap/*/*/meta/snap.yaml'] },
  { id: 'swift', paths: ['**/Package.resolved'] },
];

/** Programs and libraries that come from no package manager of the distribution: Go, Rust, C and others. */
export const programs = 'generic';

/** Ids of everything that is recognised but not read. */
export const ecosystemIds: readonly string[] = [...ecosystems.map(({ id }) => id), programs].sort();
