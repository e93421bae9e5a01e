import { buildZip, directory, file, hardlink, symlink, whiteout } from '@clarion/test-kit';
import { apk, describeRules, dpkg, installed, status, type LayerRule, usrInstalled } from '../testing/layer-rules';

const jar = buildZip([{ name: 'META-INF/maven/g/a/pom.properties', content: 'groupId=g\nartifactId=a\nversion=1\n' }]);
const egg = 'usr/lib/python3/dist-packages/a-1-py3.11.egg';

const linked: readonly LayerRule[] = [
  {
    rule: 'an archive that only a link calls one is not read, which is a problem, in whatever layers',
    layers: [
      [file('data/blob', jar), symlink('app/a.jar', '../data/blob'), symlink('app/gone.jar', '/data/gone')],
      [symlink(egg, '/opt/x/egg'), symlink('app/mask.jar', '/dev/null'), symlink('app/b.war', 'b.jar')],
      [symlink('opt/x', '../data'), file('data/egg', jar), file('app/b.jar', jar)],
    ],
    packages: ['app/b.jar g:a 1 @2'],
    problems: ['0 unresolved-link app/a.jar', `2 unresolved-link ${egg}`],
  },
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
    rule: 'a database at a path that matches no filter is not read, and its junk is not a problem',
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
    rule: 'that file removed above: the package is gone, and the link is reported as leading nowhere known',
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
    rule: 'what a later layer puts where a link leads, at a name that matches no filter, is not known; what it replaces is gone',
    layers: [[symlink(status, '/opt/x'), file('opt/x', dpkg('a=1'))], [file('opt/x', dpkg('a=1', 'b=1'))]],
    packages: [],
    problems: [`0 unresolved-link ${status}`],
  },
  {
    rule: 'links do not lead out of the root',
    layers: [[symlink('lib', '../../../../usr/lib'), file(usrInstalled, apk('a=1'))]],
    packages: [`${usrInstalled} a 1 @0`],
  },
];

describeRules('what links lead to', linked);
