import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import type { Detector, EffectiveImage } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildImage,
  directory,
  file,
  hardlink,
  nullDevice,
  opaque,
  openBuiltImage,
  symlink,
  type TarEntry,
  whiteout,
} from '@clarion/test-kit';
import { indexImage } from './index-image';

const status = 'var/lib/dpkg/status';
const installed = 'lib/apk/db/installed';
const usrInstalled = 'usr/lib/apk/db/installed';

/** A dpkg database of packages written `name=version`. */
function dpkg(...packages: readonly string[]): string {
  return packages
    .map((item) => item.split('='))
    .map(([name = '', version = '']) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`)
    .map((stanza) => `${stanza}Architecture: amd64\n\n`)
    .join('');
}

function apk(...packages: readonly string[]): string {
  return packages
    .map((item) => item.split('='))
    .map(([name = '', version = '']) => `P:${name}\nV:${version}\nA:x86_64\n\n`)
    .join('');
}

const osRelease = (id: string, version: string): string => `ID=${id}\nVERSION_ID="${version}"\n`;

interface Rule {
  readonly rule: string;
  readonly layers: readonly TarEntry[][];
  /** `path name version @layer`: the number of the layer each belongs to. */
  readonly packages?: readonly string[];
  readonly problems?: readonly string[];
  readonly namespace?: readonly [id: string, path: string, layer: number];
}

const replaced: readonly Rule[] = [
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

const removed: readonly Rule[] = [
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
  ).map(([how, entries]): Rule => ({
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

const linked: readonly Rule[] = [
  {
    rule: 'the parent of an entry is resolved in the layers below: lib -> usr/lib (3.2)',
    layers: [
      [directory('usr/lib'), symlink('lib', 'usr/lib'), file(usrInstalled, apk('a=1'))],
      [file(installed, apk('a=1', 'b=1'))],
    ],
    packages: [`${usrInstalled} a 1 @0`, `${usrInstalled} b 1 @1`],
  },
  {
    rule: 'with lib -> usr/lib both names are one database, counted once',
    layers: [[symlink('lib', 'usr/lib'), file(usrInstalled, apk('a=1'))]],
    packages: [`${usrInstalled} a 1 @0`],
  },
  {
    rule: 'rule 7: a directory replaced by a symbolic link loses its content and shows the other place',
    layers: [[file(installed, apk('old=1'))], [symlink('lib', 'usr/lib'), file(usrInstalled, apk('new=1'))]],
    packages: [`${usrInstalled} new 1 @1`],
  },
  {
    rule: 'a directory replaces a symbolic link',
    layers: [
      [symlink('lib', 'usr/lib'), file(usrInstalled, apk('a=1'))],
      [directory('lib'), file(installed, apk('b=1'))],
    ],
    packages: [`${installed} b 1 @1`, `${usrInstalled} a 1 @0`],
  },
  {
    rule: 'a directory deep in the tree replaces a symbolic link; what is in it, and hidden in it, stays there',
    layers: [
      [file(status, dpkg('a=1')), file('var/lib/dpkg/status.d/b', dpkg('b=1')), symlink('opt/x', '/var/lib/dpkg')],
      [directory('opt'), directory('opt/x'), file('opt/x/status', dpkg('z=1')), whiteout('opt/x/status.d')],
    ],
    packages: [`${status} a 1 @0`, 'var/lib/dpkg/status.d/b b 1 @0'],
  },
  {
    rule: 'what a layer hides spares what the same layer puts there through a link',
    layers: [
      [symlink('a', 'var/lib/dpkg'), file(status, dpkg('a=1'))],
      [file('a/status', dpkg('b=1')), directory('var'), directory('var/lib'), whiteout('var/lib/dpkg')],
    ],
    packages: [`${status} b 1 @1`],
  },
  {
    rule: 'a file at another name reaches a wanted path through a link of a lower layer',
    layers: [[symlink('foo', 'var/lib/dpkg'), file(status, dpkg('a=1'))], [file('foo/status', dpkg('b=1'))]],
    packages: [`${status} b 1 @1`],
  },
  {
    rule: 'a whiteout reaches through a link of a lower layer',
    layers: [[symlink('foo', 'var/lib/dpkg'), file(status, dpkg('a=1'))], [whiteout('foo/status')]],
    packages: [],
  },
  {
    rule: 'a link of an upper layer leads to a database that lay elsewhere',
    layers: [[file('srv/pkg/status', dpkg('a=1'))], [symlink('var/lib/dpkg', '../../srv/pkg')]],
    packages: [`${status} a 1 @1`],
  },
  {
    rule: 'a database at a place that no detector asks for is none, and its junk no problem',
    layers: [[file('srv/status', dpkg('a=1')), file('srv/rpmdb.sqlite', 'junk')]],
    packages: [],
    problems: [],
  },
  {
    rule: 'a hard link to a wanted file of a lower layer is that file, whatever becomes of the other name',
    layers: [[file(installed, apk('a=1'))], [hardlink(usrInstalled, installed)], [whiteout(installed)]],
    packages: [`${usrInstalled} a 1 @0`],
  },
  {
    rule: 'a database with two names, hard or symbolic links, is one, under the smaller of them',
    layers: [[file(usrInstalled, apk('a=1')), hardlink(installed, usrInstalled)], [symlink('lib', '/usr/lib')]],
    packages: [`${usrInstalled} a 1 @0`],
  },
  {
    rule: 'a hard link to an unwanted file of its own layer is read',
    layers: [[file('srv/data', dpkg('a=1')), hardlink(status, 'srv/data')], [whiteout('srv')]],
    packages: [`${status} a 1 @0`],
  },
  {
    rule: 'a hard link to a hard link, and one to a symbolic link',
    layers: [
      [file('srv/data', dpkg('a=1')), hardlink('srv/more', 'srv/data'), hardlink(status, 'srv/more')],
      [file('etc/target', 'x'), symlink('srv/link', '/usr/lib/apk/db/installed'), file(usrInstalled, apk('b=1'))],
      [symlink('srv/link', '/usr/lib/apk/db/installed'), hardlink(installed, 'srv/link')],
    ],
    packages: [`${usrInstalled} b 1 @1`, `${status} a 1 @0`],
  },
  {
    rule: 'a wanted symbolic link to a hard link of an unwanted file of its own layer is read',
    layers: [[file('srv/data', dpkg('a=1')), hardlink('srv/more', 'srv/data'), symlink(status, '/srv/more')]],
    packages: [`${status} a 1 @0`],
  },
  {
    rule: 'a hard link to an unwanted file of a lower layer is a problem, never silence',
    layers: [[file('srv/data', dpkg('a=1'))], [hardlink(status, 'srv/data')]],
    packages: [],
    problems: [`1 unresolved-link ${status}`],
  },
  {
    rule: 'a wanted symbolic link to an unwanted file of its own layer is read; a later layer might have replaced it',
    layers: [[file('srv/data', dpkg('a=1')), symlink(status, '/srv/data')], [file('unrelated')]],
    packages: [`${status} a 1 @0`],
    problems: [`0 unresolved-link ${status}`],
  },
  {
    rule: 'that file removed above: the package is gone, and the link is said to lead nowhere known',
    layers: [[file('srv/data', dpkg('a=1')), symlink(status, '/srv/data')], [whiteout('srv')]],
    packages: [],
    problems: [`0 unresolved-link ${status}`],
  },
  {
    rule: 'a wanted symbolic link to an unwanted file of a lower layer is a problem',
    layers: [[file('srv/data', dpkg('a=1'))], [symlink(status, '../../../srv/data')]],
    packages: [],
    problems: [`1 unresolved-link ${status}`],
  },
  {
    rule: 'a link to the null device and one to a wanted name that is not there are no problems',
    layers: [[symlink('etc/os-release', '../usr/lib/os-release'), symlink('etc/lsb-release', '/dev/null')]],
    packages: [],
    problems: [],
  },
  {
    rule: 'a directory of patterns that is a link to one of another name: a problem',
    layers: [[file('srv/a', dpkg('a=1')), symlink('var/lib/dpkg/status.d', '/srv')]],
    packages: [],
    problems: ['0 unresolved-link var/lib/dpkg/status.d'],
  },
  {
    rule: 'a loop of links is a problem of that file only (3.2)',
    layers: [
      [symlink('var/lib/dpkg', 'a'), symlink('var/lib/a', 'dpkg'), file(installed, apk('b=1'))],
      [file('var/lib/dpkg/status', dpkg('a=1'))],
    ],
    packages: [`${installed} b 1 @0`],
    problems: [
      `0 unresolved-link ${status}`,
      '0 unresolved-link var/lib/dpkg/status.d',
      '0 unresolved-link var/lib/dpkg/updates',
    ],
  },
  {
    rule: 'what a later layer puts where a link leads, at a name that nobody asks for, is not known',
    layers: [[symlink(status, '/opt/x'), file('opt/x', dpkg('a=1'))], [file('opt/x', dpkg('a=1', 'b=1'))]],
    packages: [`${status} a 1 @0`],
    problems: [`0 unresolved-link ${status}`],
  },
  {
    rule: 'links do not lead out of the root',
    layers: [[symlink('lib', '../../../../usr/lib'), file(usrInstalled, apk('a=1'))]],
    packages: [`${usrInstalled} a 1 @0`],
  },
];

const named: readonly Rule[] = [
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

const suites = { replaced, removed, linked, named };

describe('rules of layers', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'layer-rules-'));
  const opening = openEmbeddedStore({ directory: folder });
  const detectors: readonly Detector[] = [...featureDetectors, ...namespaceDetectors];
  afterAll(async () => {
    await (await opening).close();
    rmSync(folder, { recursive: true });
  });

  async function scan(layers: readonly TarEntry[][]): Promise<EffectiveImage> {
    const opened = openBuiltImage(buildImage({ layers }));
    for await (const event of indexImage(opened, {
      layers: await opening,
      detectors: localDetectorClient(detectors),
    })) {
      if (event.kind === 'image.indexed') {
        return event.image;
      }
    }
    throw new Error('No image was indexed');
  }

  for (const [suite, rules] of Object.entries(suites)) {
    describe(suite, () => {
      test.each(rules)('$rule', async ({ layers, packages, problems = [], namespace }) => {
        const image = await scan(layers);
        const number = (digest: string | null): number => image.layers.indexOf(digest ?? '');
        if (packages !== undefined) {
          const found = image.features.map((f) => `${f.path} ${f.name} ${f.version} @${number(f.layer)}`);
          expect(found).toEqual(packages);
        }
        expect(image.problems.map((p) => `${number(p.layer)} ${p.code} ${p.path ?? ''}`)).toEqual(problems);
        if (namespace !== undefined) {
          expect(image.namespaces.map((n) => [n.id, n.path, number(n.layer)])).toEqual([namespace]);
        }
      });
    });
  }
});
