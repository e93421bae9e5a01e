import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getPackages, getPackagesNdb, getPackagesSqlite } from '@snyk/rpm-parser';
import type { DetectedFacts, Feature, WantedFile } from '@clarion/model';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { featureDetectors } from './index';

/** Real package databases with package lists from the native tools; they are not part of this repository. */
const folder = sharedMaterial('conformance', 'packagedb');

interface Entry {
  readonly file: string | readonly string[];
  readonly kind: string;
  readonly encoding?: string;
  readonly expected?: string;
}

interface ExpectedPackage {
  readonly name: string;
  readonly version: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly source?: string;
  readonly sourceVersion?: string;
  readonly license?: string;
  readonly module?: string;
  readonly status?: string;
}

/** Which detector reads a kind of fixture, and where the file lies in a layer. */
const detectorOfKind = new Map([
  ['rpm-bdb', ['rpm', 'var/lib/rpm/Packages']],
  ['rpm-ndb', ['rpm', 'usr/lib/sysimage/rpm/Packages.db']],
  ['rpm-sqlite', ['rpm', 'var/lib/rpm/rpmdb.sqlite']],
  ['dpkg-status', ['dpkg', 'var/lib/dpkg/status']],
  ['not-a-dpkg-status', ['dpkg', 'var/lib/dpkg/status']],
  ['apk-installed', ['apk', 'lib/apk/db/installed']],
]);

/** Fixtures that are partly or wholly unreadable by design. */
const problemsOf = new Map([
  ['dpkg/vcpkg.status', ['unreadable-database']],
  // One of its records has no status.
  ['dpkg/scalibr-statusfield.status', ['bad-record']],
  // Its last record is `P:invalidPackageWithoutAVersion`.
  ['apk/trivy.installed', ['bad-record']],
]);

const entries = folder === undefined ? [] : (readJson(path.join(folder, 'index.json')) as Entry[]);
const databases = entries.filter((entry) => detectorOfKind.has(entry.kind));

(folder === undefined ? describe.skip : describe)('package databases in shared/conformance/packagedb', () => {
  it('has all fixtures of the index', () => {
    expect(databases.length).toBeGreaterThanOrEqual(38);
  });

  it.each(databases.map((entry) => [[entry.file].flat()[0], entry] as const))('lists %s', async (_, entry) => {
    const [detector, file] = detectorOfKind.get(entry.kind)!;
    const detected = await detect(detector!, [{ path: file!, content: readFixture(entry) }]);
    const expected = readJson(path.join(folder!, entry.expected!)) as ExpectedPackage[];
    const packages = expected.filter(isPackage).map(inOurTerms);
    const found = (detected.features ?? []).map((feature) => onlyFieldsOf(feature, packages));
    expect(sorted(found)).toEqual(sorted(packages));
    expect(detected.features?.every((feature) => feature.path === file)).toBe(true);
    expect(detected.problems?.map((problem) => problem.code)).toEqual(problemsOf.get(String(entry.file)) ?? []);
  });

  it('reads distroless status.d with all its oddities', async () => {
    const statusFolder = path.join(folder!, 'dpkg/status.d-syft');
    const files = readdirSync(statusFolder).map((name): WantedFile => {
      return { path: `var/lib/dpkg/status.d/${name}`, content: readFileSync(path.join(statusFolder, name)) };
    });
    const detected = await detect('dpkg', files);
    const found = detected.features?.map((feature) => [path.basename(feature.path), feature.name, feature.version]);
    expect(found).toEqual([
      ['coreutils-relationships', 'coreutils', '9.1-1'],
      ['coreutils-relationships', 'libacl1', '2.3.1-3'],
      ['coreutils-relationships', 'libc6', '2.36-9+deb12u1'],
      ['coreutils-relationships', 'libgcc-s1', '12.2.0-14'],
      ['coreutils-relationships', 'gcc-12-base', '12.2.0-14'],
      ['coreutils-relationships', 'libattr1', '1:2.5.1-4'],
      ['coreutils-relationships', 'libgmp10', '2:6.2.1+dfsg1-1.1'],
      ['coreutils-relationships', 'libselinux1', '3.4-1+b6'],
      ['coreutils-relationships', 'libpcre2-8-0', '10.42-1'],
      ['deinstall', 'linux-image-6.14.0-1012-aws', '6.14.0-1012.12~24.04.1'],
      ['doc-examples', 'mutt', '1.3.17-1'],
      ['doc-examples', 'made-up-package-1', '1.0.0'],
      ['doc-examples', 'made-up-package-2', '2.0.0'],
      ['doc-examples', 'made-up-package-3', '3.0.0'],
      ['doc-examples', 'made-up-package-4', '3.0.0'],
      ['installed-size-4KB', 'apt', '1.8.2'],
      ['libpam-runtime', 'libpam-runtime', '1.5.2-6+deb12u1'],
      ['libsqlite3-0', 'libsqlite3-0', '3.34.1-3'],
      ['multiple', 'tzdata', '2020a-0+deb10u1'],
      ['multiple', 'util-linux', '2.33.1-0.1'],
      ['single', 'apt', '1.8.2'],
    ]);
    const unreadable = detected.problems?.filter((problem) => problem.code === 'unreadable-database');
    expect(unreadable?.map((problem) => path.basename(problem.path!))).toEqual(['corrupt']);
    // Stanzas without a version: relations to packages that do not exist.
    const incomplete = detected.problems?.filter((problem) => problem.code === 'bad-record');
    expect([...new Set(incomplete?.map((problem) => path.basename(problem.path!)))]).toEqual([
      'corrupt',
      'doc-examples',
      'empty',
      'libpam-runtime',
      'multiple',
    ]);
  });

  // The oracle cannot read the old regions of CentOS 5.
  const comparable = databases.filter(({ kind, file }) => kind.startsWith('rpm-') && !String(file).includes('centos5'));
  it.each(comparable.map((entry) => [[entry.file].flat()[0], entry] as const))(
    'agrees with @snyk/rpm-parser on %s',
    async (_, entry) => {
      const content = readFixture(entry);
      const oracle = { 'rpm-bdb': getPackages, 'rpm-ndb': getPackagesNdb, 'rpm-sqlite': getPackagesSqlite }[
        entry.kind
      ]!;
      const theirs = (await oracle(content)).response.filter((found) => found.name !== 'gpg-pubkey');
      const [, file] = detectorOfKind.get(entry.kind)!;
      const ours = (await detect('rpm', [{ path: file!, content }])).features ?? [];
      expect(ours.map((feature) => `${feature.name} ${feature.version}`).sort()).toEqual(
        theirs
          .map(({ name, version, release, epoch }) => `${name} ${epoch ? `${epoch}:` : ''}${version}-${release}`)
          .sort(),
      );
    },
  );
});

async function detect(id: string, files: readonly WantedFile[]): Promise<DetectedFacts> {
  return featureDetectors.find((detector) => detector.id === id)!.detect(files, testBudget());
}

function readFixture({ file, encoding }: Entry): Buffer {
  const stored = Buffer.concat([file].flat().map((part) => readFileSync(path.join(folder!, part))));
  if (encoding === undefined) return stored;
  return execFileSync('xz', ['-dc'], { input: stored, maxBuffer: 256 * 1024 * 1024 });
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The lists hold everything that the native tool printed: removed packages and rpm's own keys too. */
function isPackage({ name, status }: ExpectedPackage): boolean {
  return name !== 'gpg-pubkey' && status !== 'config-files' && status !== 'not-installed';
}

type Comparable = Omit<Feature, 'type' | 'path' | 'vendor'>;

function inOurTerms(entry: ExpectedPackage): Comparable {
  const { name, version, epoch, arch, source, sourceVersion, license, module } = entry;
  return {
    name,
    version: epoch === undefined || epoch === 0 ? version : `${epoch}:${version}`,
    ...(arch !== undefined && { architecture: arch }),
    ...(source !== undefined && { source: { name: source, version: sourceVersion! } }),
    ...(license !== undefined && { license }),
    ...(module !== undefined && { module }),
  };
}

/**
 * Drops fields that no package in the list has: dpkg-query prints no licence, and not every list has default sources.
 */
function onlyFieldsOf(feature: Feature, packages: readonly Comparable[]): Comparable {
  const stated = new Set(packages.flatMap((entry) => Object.keys(entry)));
  return Object.fromEntries(Object.entries(feature).filter(([key]) => stated.has(key))) as unknown as Comparable;
}

function sorted(packages: readonly Comparable[]): Comparable[] {
  const key = ({ name, version, architecture }: Comparable): string => `${name} ${version} ${architecture ?? ''}`;
  return [...packages].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
