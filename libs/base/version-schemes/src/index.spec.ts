import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { schemeOf, versionScheme, versionSchemes } from './index';

const folders = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'testdata')
  .map((entry) => entry.name)
  .sort();

describe('the registry', () => {
  it('contains every folder, sorted by id', () => {
    expect(versionSchemes.map((scheme) => scheme.id)).toEqual(folders);
  });

  it.each(folders)('%s is a whole plugin', (id) => {
    const scheme = versionScheme(id);
    expect(scheme?.id).toBe(id);
    expect(scheme?.title).toMatch(/^\S.{5,}$/);
    expect(scheme?.url).toMatch(/^https:\/\//);
    const missing = [`${id}.spec.ts`, 'readme.md', 'testdata/cases.txt'].filter(
      (file) => !existsSync(`${__dirname}/${id}/${file}`),
    );
    expect(missing).toEqual([]);
    expect(readFileSync(`${__dirname}/${id}/readme.md`, 'utf8')).toContain('https://');
  });

  it('knows no other ids', () => {
    expect(['', 'DPKG', '__proto__', 'constructor'].map(versionScheme)).toEqual(Array(4).fill(undefined));
  });
});

describe('schemeOf', () => {
  it.each([
    ['debian:12', 'dpkg'],
    ['debian:unstable', 'dpkg'],
    ['ubuntu:24.04', 'dpkg'],
    ['deb', 'dpkg'],
    ['rhel:9', 'rpm'],
    ['centos-stream:9', 'rpm'],
    ['amzn:2', 'rpm'],
    ['sles:15.5', 'rpm'],
    ['opensuse-tumbleweed', 'rpm'],
    ['photon:5.0', 'rpm'],
    ['azurelinux:3.0', 'rpm'],
    ['rpm', 'rpm'],
    ['alpine:v3.20', 'apk'],
    ['wolfi', 'apk'],
    ['chainguard', 'apk'],
    ['apk', 'apk'],
    ['arch', 'alpm'],
    ['gentoo', 'gentoo'],
    ['npm', 'npm'],
    ['golang', 'go'],
    ['pypi', 'pep440'],
    ['maven', 'maven'],
    ['gem', 'rubygems'],
    ['nuget', 'nuget'],
    ['composer', 'composer'],
    ['cargo', 'semver'],
    ['pub', 'pub'],
    ['hex', 'hex'],
    ['cran', 'cran'],
    ['hackage', 'hackage'],
    ['conan', 'conan'],
  ])('%s is ordered by %s', (user, id) => {
    expect(schemeOf(user)).toBe(id);
    expect(versionScheme(id)?.id).toBe(id);
  });

  it('guesses nothing', () => {
    expect(['', 'plan9:4', '__proto__', 'debian12'].map(schemeOf)).toEqual(Array(4).fill(undefined));
  });
});
