import { directory, file, hardlink, nullDevice, opaque, symlink, type TarEntry, whiteout } from '@clarion/test-kit';
import {
  apk,
  describeRules,
  dpkg,
  installed,
  osRelease,
  status,
  type LayerRule,
  usrInstalled,
} from '../testing/layer-rules';

const replaced: readonly LayerRule[] = [
  {
    rule: 'rule 1: a database present again replaces the list; what stays keeps its origin (9.5)',
    layers: [[file(status, dpkg('a=1', 'b=1', 'c=1'))], [file('unrelated')], [file(status, dpkg('a=1', 'b=2', 'd=1'))]],
    packages: [`${status} a 1 @0`, `${status} b 2 @2`, `${status} d 1 @2`],
  },
  {
    rule: 'a package that was removed and comes back belongs to the layer that brought it back',
    layers: [[file(status, dpkg('a=1'))], [file(status, dpkg())], [file(status, dpkg('a=1')), file('other')]],
    packages: [`${status} a 1 @2`],
  },
  {
    rule: 'present but empty: the packages are gone',
    layers: [[file(status, dpkg('a=1'))], [file(status, '')]],
    packages: [],
  },
  {
    rule: 'rule 8: present but unreadable: a problem, and not the old list',
    layers: [[file(installed, apk('a=1'))], [file('usr/lib/sysimage/rpm/rpmdb.sqlite', 'no database')]],
    packages: [`${installed} a 1 @0`],
    problems: ['1 unreadable-database usr/lib/sysimage/rpm/rpmdb.sqlite'],
  },
  {
    rule: 'unreadable, then deleted: nothing is left to complain about',
    layers: [[file('var/lib/rpm/rpmdb.sqlite', 'no database')], [whiteout('var/lib/rpm')]],
    packages: [],
    problems: [],
  },
  {
    rule: 'unreadable in the middle: the package belongs to the layer that made the database readable',
    layers: [
      [file(status, dpkg('a=1'))],
      [file(status, Buffer.alloc(70 * 1024 * 1024))],
      [file(status, dpkg('a=1')), file('other')],
    ],
    packages: [`${status} a 1 @2`],
  },
  {
    rule: 'rule 3: one of two copies deleted does not hide the other',
    layers: [[file(installed, apk('a=1')), file(usrInstalled, apk('a=1'))], [whiteout(installed)]],
    packages: [`${usrInstalled} a 1 @0`],
  },
  {
    rule: 'each file of a directory-backed database is by itself',
    layers: [
      [file('var/lib/dpkg/status.d/a', dpkg('a=1')), file('var/lib/dpkg/status.d/b', dpkg('b=1'))],
      [file('var/lib/dpkg/status.d/a', dpkg('a=2')), whiteout('var/lib/dpkg/status.d/b')],
    ],
    packages: ['var/lib/dpkg/status.d/a a 2 @1'],
  },
  {
    rule: 'rule 5: architecture and version are part of what a package is',
    layers: [
      [file(status, dpkg('a=1:1-1'))],
      [file(status, `${dpkg('a=1-1')}${dpkg('a=1:1-1').replace('amd64', 'i386')}`)],
    ],
    packages: [`${status} a 1-1 @1`, `${status} a 1:1-1 @1`],
  },
  {
    rule: 'the last entry of a name wins; a hard link first and a file later is the file',
    layers: [
      [file(status, dpkg('a=1')), file(status, dpkg('a=2'))],
      [file('x'), hardlink(installed, 'x'), file(installed, apk('b=1'))],
    ],
    packages: [`${installed} b 1 @1`, `${status} a 2 @0`],
  },
  {
    rule: 'a directory that its own layer replaces by a file takes what was in it along',
    layers: [[file(status, dpkg('a=1')), file('var/lib/dpkg'), file(installed, apk('b=1'))]],
    packages: [`${installed} b 1 @0`],
  },
  {
    rule: '__proto__ is a name like any other',
    layers: [
      [file('__proto__/x'), file('var/lib/dpkg/status.d/__proto__', dpkg('__proto__=1', 'constructor=1'))],
      [symlink('constructor', '__proto__')],
    ],
    packages: ['var/lib/dpkg/status.d/__proto__ __proto__ 1 @0', 'var/lib/dpkg/status.d/__proto__ constructor 1 @0'],
    problems: ['0 bad-record var/lib/dpkg/status.d/__proto__'],
  },
];

const removed: readonly LayerRule[] = [
  ...(
    [
      ['the file', [whiteout(status)]],
      ['its directory', [whiteout('var/lib/dpkg')]],
      ['a directory above', [whiteout('var')]],
      ['an opaque directory', [opaque('var/lib/dpkg')]],
      ['an opaque root', [opaque(''), file(installed, apk('b=1'))]],
      ['a device 0/0', [nullDevice('var/lib')]],
      ['a file in place of the directory', [file('var/lib/dpkg')]],
      ['a device in place of the directory', [{ path: 'var/lib', type: 'fifo' }]],
      ['a fifo in place of the file', [{ path: status, type: 'fifo' }]],
      ['a directory in place of the file', [directory(status), file(`${status}/x`)]],
      ['a symbolic link in place of the directory', [symlink('var/lib/dpkg', '/srv'), directory('srv')]],
      ['a hard link in place of the directory', [file('x'), hardlink('var/lib/dpkg', 'x')]],
    ] satisfies [string, TarEntry[]][]
  ).map(([how, entries]): LayerRule => ({
    rule: `rule 2: removed by ${how}`,
    layers: [[file(status, dpkg('a=1')), file(installed, apk('b=1'))], entries],
    packages: [`${installed} b 1 @0`],
  })),
  {
    rule: 'whiteouts and opaque directories spare their own layer, in any order',
    layers: [
      [file(status, dpkg('a=1')), file('var/lib/dpkg/status.d/b', dpkg('b=1'))],
      [file(status, dpkg('c=1')), whiteout(status), opaque('var/lib/dpkg'), whiteout('var/lib')],
    ],
    packages: [`${status} c 1 @1`],
  },
  {
    rule: 'rule 4: paths are compared by whole components',
    layers: [
      [file(status, dpkg('a=1')), file('var/lib/dpkg/status.d/b', dpkg('b=1'))],
      [whiteout('var/lib/dpkg/stat'), whiteout('var/li'), opaque('var/lib/dpk')],
    ],
    packages: [`${status} a 1 @0`, 'var/lib/dpkg/status.d/b b 1 @0'],
  },
  {
    rule: 'AUFS metadata is ignored, a whiteout of no name is a problem',
    layers: [
      [file(status, dpkg('a=1'))],
      [directory('.wh..wh.plnk'), file('.wh..wh.plnk/status', dpkg('x=1')), file('.wh..wh.aufs'), file('var/.wh.')],
    ],
    packages: [`${status} a 1 @0`],
    problems: ['1 bad-archive-entry var/.wh.'],
  },
  {
    rule: 'a directory over a directory only changes metadata',
    layers: [[file(status, dpkg('a=1'))], [directory('var'), directory('var/lib'), directory('var/lib/dpkg')]],
    packages: [`${status} a 1 @0`],
  },
];

const named: readonly LayerRule[] = [
  {
    rule: 'os-release is a link, resolved in the merged view',
    layers: [
      [symlink('etc/os-release', '../usr/lib/os-release')],
      [file('usr/lib/os-release', osRelease('debian', '12'))],
    ],
    namespace: ['debian:12', 'usr/lib/os-release', 1],
  },
  {
    rule: 'a distribution upgrade moves all packages; those that did not change keep their layer (3.4)',
    layers: [
      [file('etc/os-release', osRelease('debian', '7')), file(status, dpkg('a=1', 'b=1'))],
      [file('etc/os-release', osRelease('debian', '8')), file(status, dpkg('a=1', 'b=2'))],
    ],
    packages: [`${status} a 1 @0`, `${status} b 2 @1`],
    namespace: ['debian:8', 'etc/os-release', 1],
  },
  {
    rule: 'a deleted os-release leaves the next best file',
    layers: [
      [file('etc/os-release', osRelease('debian', '12')), file('etc/alpine-release', '3.20.1\n')],
      [whiteout('etc/os-release')],
    ],
    namespace: ['alpine:v3.20', 'etc/alpine-release', 0],
  },
];

describeRules('what replaces', replaced);
describeRules('what removes', removed);
describeRules('what names the distribution', named);
