import { readdirSync } from 'node:fs';
import { ecosystemOf } from '@clarion/ecosystems';
import { advisoryNamespaces, distributionOf, distributions, packageTypesIn, releaseOf } from './index';
import { supportCheckedOn } from './support-checked-on';

const day = 86_400_000;
const oldest = 400;
const warned = 300;

describe('the rows', () => {
  it('are files of the folder, each registered, sorted by family', () => {
    const names = readdirSync(`${__dirname}/rows`).map((file) => file.replace('.ts', ''));
    expect(distributions.map(({ family }) => family)).toEqual(names.filter((name) => name !== 'index').sort());
  });

  it('share no id of os-release without a distinguishing name', () => {
    const ids = distributions.flatMap(({ family, recognised }) =>
      recognised.flatMap((rule) => rule.ids.map((id) => [`${id} ${rule.name ?? ''}`, family] as const)),
    );
    const shared = ids.filter(([id], at) => ids.some(([other], index) => other === id && index !== at));
    // openSUSE's releases were renamed once: their versions decide.
    expect(shared.map(([, family]) => family)).toEqual(['opensuse', 'opensuse-leap']);
  });

  it('share no other name', () => {
    const names = distributions.flatMap(({ family, otherNames = [] }) => [family, ...otherNames]);
    expect(names.length).toBe(new Set(names).size);
  });

  it.each(distributions.map((row) => [row.family, row] as const))('are sound: %s', (family, row) => {
    const { releaseName, recognised, releaseFile, support, osv = [], publishers = [] } = row;
    expect(family).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(ecosystemOf(row.packageType)).toBeDefined();
    expect(recognised.length).toBeGreaterThan(0);
    if (releaseName === undefined) expect(Object.keys(support.releases)).toEqual(['']);
    else expect(releaseName.example).toMatch(releaseName.form);
    const known = recognised.flatMap(({ ids }) => ids);
    if (releaseFile !== undefined) expect(known).toContain(releaseFile.id);
    for (const { ecosystem } of osv) expect(ecosystem.source).toMatch(/^\^.*\$$/);
    for (const { name, domains, vendor, version } of publishers) {
      expect([name, (domains ?? vendor ?? version) !== undefined]).toEqual([name, true]);
    }
  });

  it('have ends of support that were compared with their sources not too long ago', () => {
    const age = Math.floor((Date.now() - Date.parse(supportCheckedOn)) / day);
    if (age > warned)
      console.warn(
        `ends of support are of ${supportCheckedOn}: compare them with their sources, then set supportCheckedOn`,
      );
    expect(age).toBeLessThanOrEqual(oldest);
    expect(age).toBeGreaterThanOrEqual(0);
  });

  it.each(distributions.map(({ family, support }) => [family, support] as const))(
    'have sound ends of support: %s',
    (_, { source, releases, extended }) => {
      expect(source).toMatch(/^https:\/\//);
      for (const [release, end] of [...Object.entries(releases), ...Object.entries(extended?.releases ?? {})]) {
        const plain = end === 'rolling' || end === 'unknown' || new Date(end).toISOString().startsWith(end);
        expect([release, plain]).toEqual([release, true]);
      }
      // Paid support ends later, or does not exist.
      for (const [release, end] of Object.entries(extended?.releases ?? {})) {
        expect([release, end > (releases[release] ?? '')]).toEqual([release, true]);
      }
    },
  );
});

describe('distributionOf', () => {
  it.each([
    ['debian:12', 'debian'],
    ['centos-stream:9', 'centos-stream'],
    ['wolfi', 'wolfi'],
    ['npm', undefined],
    ['x-acme', undefined],
    ['plan9:4', undefined],
    ['constructor', undefined],
    ['', undefined],
    [null, undefined],
  ])('%p', (namespace, family) => {
    expect(distributionOf(namespace)?.family).toBe(family);
  });

  it.each([
    ['debian:12', '12'],
    ['wolfi', ''],
    ['alpine:v3.20', 'v3.20'],
  ])('leaves the release of %s: %p', (namespace, release) => {
    expect(releaseOf(namespace)).toBe(release);
  });
});

describe('advisoryNamespaces', () => {
  it.each([
    ['debian:12', ['debian:12']],
    ['alpine:v3.20', ['alpine:v3.20', 'alpine:any']],
    ['rhel:9', ['rhel:9', 'rhel:any']],
    ['centos:7', ['rhel:7']],
    ['centos-stream:9', ['rhel:9']],
    ['opensuse-leap:15.2', ['opensuse-leap:15.2']],
    ['opensuse-leap:15.6', ['opensuse-leap:15.6', 'sles:15.6']],
    ['amzn:2018.03', ['amzn:1']],
    ['amzn:2023', ['amzn:2023']],
    ['wolfi', ['wolfi']],
    ['npm', ['npm']],
    ['plan9:4', ['plan9:4']],
  ])('of %s are %p', (namespace, ids) => {
    expect(advisoryNamespaces(namespace).map(({ id }) => id)).toEqual(ids);
  });
});

describe('types of packages', () => {
  it.each([
    ['debian:12', ['dpkg']],
    ['rhel:9', ['rpm']],
    ['gentoo', ['ebuild']],
    ['pypi', ['pypi']],
    ['crates.io', ['cargo']],
    // Of a user-defined or unknown distribution, packages may have any type that belongs to a distribution.
    ['x-acme:3', ['alpm', 'apk', 'dpkg', 'ebuild', 'rpm', 'x']],
    ['plan9:4', ['alpm', 'apk', 'dpkg', 'ebuild', 'rpm', 'x']],
  ])('in %s are %p', (namespace, types) => {
    expect(packageTypesIn(namespace)).toEqual(types);
  });
});
