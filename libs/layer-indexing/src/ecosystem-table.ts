/** An ecosystem whose packages no detector reads, and the files that tell cheaply that some are there. */
export interface Ecosystem {
  /** The type of package URLs (https://github.com/package-url/purl-spec). */
  readonly id: string;
  /** Globs over whole paths. Files of the distribution's own directories (`isOfDistribution`) do not count. */
  readonly paths: readonly string[];
  /** Globs below `/usr` that count in the directories of the distribution, too: what its own packages never bring there. */
  readonly everywhere?: readonly string[];
}

/**
 * A detector that reads an ecosystem takes its line out of here. A few lock files stand for applications that were
 * compiled or bundled.
 */
export const ecosystems: readonly Ecosystem[] = [
  { id: 'cargo', paths: ['**/Cargo.lock'] },
  { id: 'composer', paths: ['**/composer/installed.json', '**/composer.lock'] },
  { id: 'conan', paths: ['**/conan.lock'] },
  { id: 'conda', paths: ['**/conda-meta/*.json'] },
  { id: 'cran', paths: ['**/library/*/DESCRIPTION', '**/site-library/*/DESCRIPTION'] },
  {
    id: 'gem',
    paths: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec', '**/Gemfile.lock'],
    // `gem install` keeps what it fetched; packages of distributions are built without.
    everywhere: ['usr/lib*/ruby/gems/*/cache/*.gem'],
  },
  { id: 'golang', paths: ['**/go.mod'] },
  { id: 'hackage', paths: ['**/stack.yaml.lock', '**/cabal.project.freeze'] },
  { id: 'hex', paths: ['**/mix.lock'] },
  { id: 'maven', paths: ['**/*.jar', '**/*.war', '**/*.ear', '**/*.hpi', '**/*.jpi', '**/*.kar'] },
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
    ],
    // `npm install --global` of Node packages that were installed by others; npm itself came with them.
    everywhere: ['usr/lib/node_modules/*/package.json', 'usr/lib/node_modules/@*/*/package.json'],
  },
  {
    id: 'nuget',
    paths: ['**/*.deps.json', '**/packages.lock.json'],
    // Where Microsoft's archives and images have .NET; distributions have theirs in /usr/lib/dotnet.
    everywhere: ['usr/share/dotnet/**/*.deps.json'],
  },
  { id: 'pub', paths: ['**/pubspec.lock'] },
  {
    id: 'pypi',
    paths: [
      '**/*.dist-info/METADATA',
      '**/*.egg-info/PKG-INFO',
      '**/*.egg-info',
      '**/*.egg',
      '**/*.egg/EGG-INFO/PKG-INFO',
      '**/poetry.lock',
      '**/Pipfile.lock',
      '**/uv.lock',
    ],
    // Only pip writes it, for what it was asked to install; packages of distributions are built without.
    everywhere: ['usr/lib*/python*/*-packages/*.dist-info/REQUESTED'],
  },
  { id: 'swift', paths: ['**/Package.resolved'] },
];

/** Programs and libraries that no package manager of the distribution brings: Go, Rust, C and others, whatever they hold. */
export const programs = 'generic';

/** Ids of everything that is recognised and not read. */
export const ecosystemIds: readonly string[] = [...ecosystems.map(({ id }) => id), programs].sort();
