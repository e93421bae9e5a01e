import type { PlacedFeature } from '@clarion/model';
import { PackageURL } from 'packageurl-js';
import { apk, deb, rpm } from '@clarion/test-kit/match-facts';
import { purlOf } from './purl';

function language(type: string, namespace: string, name: string): PlacedFeature {
  return { type, namespace, name, version: '1.0', path: 'app', layer: 'sha256:1' };
}

const rows: readonly (readonly [string, PlacedFeature, string])[] = [
  [
    'a Debian package',
    deb('adduser', '3.134', { architecture: 'all' }),
    'pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12',
  ],
  [
    'the epoch of dpkg stays in the version; plus and tilde are escaped as the specification says',
    deb('attr', '1:2.4.47~rc1-2+b1', { source: { name: 'attr', version: '1:2.4.47~rc1-2' } }),
    'pkg:deb/debian/attr@1:2.4.47~rc1-2%2Bb1?arch=amd64&distro=debian-12&upstream=attr%401%3A2.4.47~rc1-2',
  ],
  [
    'a source of another name',
    deb('libssl3', '3.0.11-1', { source: { name: 'openssl', version: '3.0.11-1' } }),
    'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl',
  ],
  [
    'a source of the same name and version',
    deb('openssl', '3.0.11-1', { source: { name: 'openssl', version: '3.0.11-1' } }),
    'pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12',
  ],
  ['C++ in a name', deb('libstdc++6', '1'), 'pkg:deb/debian/libstdc%2B%2B6@1?arch=amd64&distro=debian-12'],
  ['sid', deb('a', '1', { namespace: 'debian:unstable' }), 'pkg:deb/debian/a@1?arch=amd64&distro=debian-unstable'],
  [
    'an Ubuntu package',
    deb('a', '1', { namespace: 'ubuntu:22.04' }),
    'pkg:deb/ubuntu/a@1?arch=amd64&distro=ubuntu-22.04',
  ],
  [
    'a kind of the user',
    deb('agent', '1.0+b', { type: 'x-acme', namespace: 'x-acme' }),
    'pkg:generic/x-acme/agent@1.0%2Bb?arch=amd64',
  ],
  ['no distribution', deb('a', '1', { namespace: null }), 'pkg:deb/a@1?arch=amd64'],
  ['a name of blanks', deb(' ', '1', { namespace: null }), 'pkg:deb/unnamed@1?arch=amd64'],
  [
    'an Alpine package',
    apk('libcrypto3', '3.3.0-r2', { source: { name: 'openssl', version: '3.3.0-r2' } }),
    'pkg:apk/alpine/libcrypto3@3.3.0-r2?arch=x86_64&distro=alpine-3.20&upstream=openssl',
  ],
  ['Alpine edge', apk('a', '1', { namespace: 'alpine:edge' }), 'pkg:apk/alpine/a@1?arch=x86_64&distro=alpine-edge'],
  ['Wolfi', apk('a', '1', { namespace: 'wolfi' }), 'pkg:apk/wolfi/a@1?arch=x86_64&distro=wolfi'],
  [
    'an rpm with epoch, source and module',
    rpm('nodejs', '1:18.20.2-1.el9', {
      source: { name: 'nodejs', version: '18.20.2-1.el9' },
      module: 'nodejs:18:9040020240426:rhel9',
    }),
    'pkg:rpm/redhat/nodejs@18.20.2-1.el9?arch=x86_64&distro=rhel-9&epoch=1' +
      '&rpmmod=nodejs%3A18%3A9040020240426%3Arhel9&upstream=nodejs-18.20.2-1.el9.src.rpm',
  ],
  [
    'an rpm without source',
    rpm('a', '1-1', { namespace: 'opensuse-leap:15.6' }),
    'pkg:rpm/opensuse/a@1-1?arch=x86_64&distro=opensuse-leap-15.6',
  ],
];

describe('purlOf', () => {
  test.each(rows)('%s', (_, feature, expected) => {
    expect(purlOf(feature)).toBe(expected);
  });

  test.each(rows)('%s: reads back as it was', (_, feature) => {
    const { name, version, qualifiers } = PackageURL.fromString(purlOf(feature));
    expect([name, version]).toEqual([feature.name.trim() || 'unnamed', feature.version.replace(/^1:(?=18)/, '')]);
    expect(qualifiers?.['arch']).toBe(feature.architecture);
  });

  test.each(['', '/', '..', '%', '\u0000', '🦀', '@', '?#'])('the hostile name %j never fails a report', (name) => {
    expect(purlOf(deb(name, name, { architecture: name }))).toMatch(/^pkg:deb\/debian\/./);
  });
});

describe('package URLs of languages', () => {
  const rows: readonly (readonly [string, PlacedFeature, string])[] = [
    ['npm', language('npm', 'npm', 'left-pad'), 'pkg:npm/left-pad@1.0'],
    ['a scope of npm', language('npm', 'npm', '@types/node'), 'pkg:npm/%40types/node@1.0'],
    ['capital letters of npm', language('npm', 'npm', 'JSONStream'), 'pkg:npm/jsonstream@1.0'],
    ['a jar without a group', language('maven', 'maven', 'tool'), 'pkg:generic/tool@1.0'],
    ['Maven', language('maven', 'maven', 'org.a:b.c'), 'pkg:maven/org.a/b.c@1.0'],
    ['Go', language('golang', 'go', 'github.com/Azure/x/v2'), 'pkg:golang/github.com/azure/x/v2@1.0'],
    ['the standard library of Go', language('golang', 'go', 'stdlib'), 'pkg:golang/stdlib@1.0'],
    ['Composer', language('composer', 'packagist', 'Acme/Own'), 'pkg:composer/acme/own@1.0'],
    ['PyPI', language('pypi', 'pypi', 'Flask_Login'), 'pkg:pypi/flask-login@1.0'],
    ['NuGet', language('nuget', 'nuget', 'Newtonsoft.Json'), 'pkg:nuget/Newtonsoft.Json@1.0'],
    ['a crate', language('cargo', 'crates.io', 'a_b'), 'pkg:cargo/a_b@1.0'],
    ['a program', language('generic', 'generic', 'busybox'), 'pkg:generic/busybox@1.0'],
    ['Swift', language('swift', 'swift', 'github.com/a//b'), 'pkg:swift/github.com/a/b@1.0'],
    ['a name of slashes', language('npm', 'npm', '//'), 'pkg:npm/unnamed@1.0'],
    ['a type of a newer build', language('shiny', 'shiny', 'a/b'), 'pkg:generic/shiny/a%2Fb@1.0'],
  ];

  test.each([
    ['(devel)', '%28devel%29'],
    ['1!2.0', '1%212.0'],
    ["1.0'*", '1.0%27%2A'],
    ['v1.2.3+incompatible', 'v1.2.3%2Bincompatible'],
  ])('encode all but unreserved characters: %s', (version, encoded) => {
    const purl = purlOf({ ...language('golang', 'go', 'a.b/c'), version });
    expect(purl).toBe(`pkg:golang/a.b/c@${encoded}`);
    expect(PackageURL.fromString(purl).version).toBe(version);
  });

  test.each(rows)('%s', (_, feature, purl) => {
    expect(purlOf(feature)).toBe(purl);
    expect(PackageURL.fromString(purl).toString()).toBe(purl);
  });
});
