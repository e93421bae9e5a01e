import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getPackages, getPackagesNdb, getPackagesSqlite } from '@snyk/rpm-parser';
import type { Detected, Feature, WantedFile } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { featureDetectors } from './index';

/** Real package databases with lists made by the native tools; they are not part of this repository. */
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
const placeOfKind = new Map([
  ['rpm-bdb', ['rpm', 'var/lib/rpm/Packages']],
  ['rpm-ndb', ['rpm', 'usr/lib/sysimage/rpm/Packages.db']],
  ['rpm-sqlite', ['rpm', 'var/lib/rpm/rpmdb.sqlite']],
  ['dpkg-status', ['dpkg', 'var/lib/dpkg/status']],
  ['not-a-dpkg-status', ['dpkg', 'var/lib/dpkg/status']],
  ['apk-installed', ['apk', 'lib/apk/db/installed']],
]);

const entries = folder === undefined ? [] : readJson<Entry[]>(path.join(folder, 'index.json'));
const databases = entries.filter((entry) => placeOfKind.has(entry.kind));

(folder === undefined ? describe.skip : describe)('package databases in shared/conformance/packagedb', () => {
  it('has all fixtures of the index', () => {
    expect(databases.length).toBeGreaterThanOrEqual(38);
  });

  it.each(databases.map((entry) => [[entry.file].flat()[0], entry] as const))('lists %s', async (_, entry) => {
    const [detector, place] = placeOfKind.get(entry.kind)!;
    const detected = await detect(detector!, [{ path: place!, content: readFixture(entry) }]);
    const expected = readJson<ExpectedPackage[]>(path.join(folder!, entry.expected!));
    const packages = expected.filter(isPackage).map(inOurTerms);
    const found = (detected.features ?? []).map((feature) => onlyFieldsOf(feature, packages));
    expect(sorted(found)).toEqual(sorted(packages));
    expect(detected.features?.every((feature) => feature.path === place)).toBe(true);
    const codes = detected.problems?.map((problem) => problem.code);
    expect(codes).toEqual(entry.kind === 'not-a-dpkg-status' ? ['unreadable-database'] : []);
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
      ['deinstall', 'linux-image-6.14.0-1012-aws', '6.14.0-1012.12~24.04.1'],
      ['doc-examples', 'aptitude', '0.1'],
      ['installed-size-4KB', 'apt', '1.8.2'],
      ['libpam-runtime', 'libpam-runtime', '1.1.8-3.6'],
      ['libsqlite3-0', 'libsqlite3-0', '3.34.1-3'],
      ['multiple', 'tzdata', '2020a-0+deb10u1'],
      ['multiple', 'util-linux', '2.33.1-0.1'],
      ['single', 'apt', '1.8.2'],
    ]);
    expect(detected.problems?.map((problem) => [path.basename(problem.path!), problem.code])).toEqual([
      ['corrupt', 'unreadable-database'],
      ['empty', 'bad-record'],
      ['multiple', 'bad-record'],
      ['multiple', 'bad-record'],
    ]);
  });

  const rpmDatabases = databases.filter((entry) => entry.kind.startsWith('rpm-'));
  it.each(rpmDatabases.map((entry) => [[entry.file].flat()[0], entry] as const))(
    'agrees with @snyk/rpm-parser on %s',
    async (name, entry) => {
      const content = readFixture(entry);
      const oracle = { 'rpm-bdb': getPackages, 'rpm-ndb': getPackagesNdb, 'rpm-sqlite': getPackagesSqlite }[
        entry.kind
      ]!;
      const told = await oracle(content);
      // It cannot read the old regions of CentOS 5.
      if (told.error !== undefined) expect(name).toContain('centos5');
      else {
        const theirs = told.response
          .filter((found) => found.name !== 'gpg-pubkey')
          .map(({ name, version, release, epoch }) => `${name} ${epoch ? `${epoch}:` : ''}${version}-${release}`);
        const [, place] = placeOfKind.get(entry.kind)!;
        const ours = (await detect('rpm', [{ path: place!, content }])).features?.map((f) => `${f.name} ${f.version}`);
        expect(ours?.sort()).toEqual(theirs.sort());
      }
    },
  );
});

async function detect(id: string, files: readonly WantedFile[]): Promise<Detected> {
  return featureDetectors.find((detector) => detector.id === id)!.detect(files);
}

function readFixture({ file, encoding }: Entry): Buffer {
  const stored = Buffer.concat([file].flat().map((part) => readFileSync(path.join(folder!, part))));
  if (encoding === undefined) return stored;
  return execFileSync('xz', ['-dc'], { input: stored, maxBuffer: 256 * 1024 * 1024 });
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
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

/** Drops what no package of the list states: dpkg-query prints no licence, and a default source is not in every list. */
function onlyFieldsOf(feature: Feature, packages: readonly Comparable[]): Comparable {
  const stated = new Set(packages.flatMap((entry) => Object.keys(entry)));
  return Object.fromEntries(Object.entries(feature).filter(([key]) => stated.has(key))) as unknown as Comparable;
}

function sorted(packages: readonly Comparable[]): Comparable[] {
  const key = ({ name, version, architecture }: Comparable): string => `${name} ${version} ${architecture ?? ''}`;
  return [...packages].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
