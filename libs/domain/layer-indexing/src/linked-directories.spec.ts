import { directory, file, symlink, whiteout } from '@clarion/test-kit';
import { describeRules, dpkg, type LayerRule, status } from '../testing/layer-rules';

const npm = (name: string, version = '1.0.0'): string => JSON.stringify({ name, version });
const gem = (name: string): string => `Gem::Specification.new do |s|\n  s.name = "${name}"\n  s.version = "1.0"\nend\n`;
const venv = 'app/.venv/lib/python3.11/site-packages';
const pypi = (name: string): string => `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`;

const range = (count: number): readonly number[] => [...Array.from({ length: count }).keys()];

const rules: readonly LayerRule[] = [
  {
    rule: 'node_modules is a link to a directory of another name, in the same layer',
    layers: [
      [
        file('opt/deps/a/package.json', npm('a')),
        file('opt/deps/@s/b/package.json', npm('@s/b')),
        file('opt/deps/a/node_modules/c/package.json', npm('c')),
        file('opt/deps/a/lib/package.json', npm('part')),
        symlink('app/node_modules', '/opt/deps'),
      ],
    ],
    packages: [
      'opt/deps/@s/b/package.json @s/b 1.0.0 @0',
      'opt/deps/a/node_modules/c/package.json c 1.0.0 @0',
      'opt/deps/a/package.json a 1.0.0 @0',
    ],
  },
  {
    rule: 'in an upper layer: the packages are introduced by the link, and gone with it',
    layers: [
      [file('opt/deps/a/package.json', npm('a'))],
      [symlink('app/node_modules', '../opt/deps'), symlink('old/node_modules', '/opt/other')],
      [file('opt/deps/b/package.json', npm('b')), file('opt/other/c/package.json', npm('c'))],
      [whiteout('old/node_modules')],
    ],
    packages: ['opt/deps/a/package.json a 1.0.0 @1', 'opt/deps/b/package.json b 1.0.0 @2'],
  },
  {
    rule: 'a directory or file that replaces the link hides what was behind it',
    layers: [
      [
        ...['a/node_modules', 'b/node_modules', 'c/node_modules/x', 'd/node_modules/x'].map((path) =>
          symlink(path, '/opt/deps'),
        ),
        file('opt/deps/x/package.json', npm('x')),
        file('opt/deps/package.json', npm('deps')),
      ],
      [directory('a/node_modules'), file('b/node_modules'), directory('c/node_modules/x'), file('d/node_modules/x')],
    ],
    packages: [],
  },
  {
    rule: 'a target that comes later, goes, or becomes another directory, and links to files in it',
    layers: [
      [symlink('app/node_modules', '/opt/deps'), symlink('opt/deps', 'v1'), symlink('lib/node_modules', '/srv/m')],
      [file('opt/v1/a/package.json', npm('a')), symlink('opt/v1/f/package.json', '../../f/package.json')],
      [
        file('opt/v2/b/package.json', npm('b')),
        file('opt/f/package.json', npm('f')),
        file('srv/m/c/package.json', npm('c')),
      ],
      [symlink('opt/deps', 'v2'), symlink('opt/v2/f', '../v1/f'), whiteout('srv/m')],
      [file('opt/f/package.json', npm('f', '2.0.0'))],
    ],
    packages: ['opt/f/package.json f 2.0.0 @4', 'opt/v2/b/package.json b 1.0.0 @3'],
  },
  {
    rule: 'an application that is a link to its release is found once, at its real path',
    layers: [
      [file('srv/releases/5/node_modules/a/package.json', npm('a'))],
      [symlink('srv/app', 'releases/5'), symlink('srv/current', 'app')],
      [file('srv/app/node_modules/b/package.json', npm('b'))],
    ],
    packages: [
      'srv/releases/5/node_modules/a/package.json a 1.0.0 @0',
      'srv/releases/5/node_modules/b/package.json b 1.0.0 @2',
    ],
  },
  {
    rule: 'a package that is a link: to one of Debian, to a workspace, to one in a store of links',
    layers: [
      [
        file('usr/share/nodejs/x/package.json', npm('x')),
        file('app/packages/api/package.json', npm('@acme/api')),
        file('app/packages/not-linked/package.json', npm('not-linked')),
        symlink('usr/lib/node_modules/x', '../../share/nodejs/x'),
        symlink('app/node_modules/@acme/api', '../../packages/api'),
        symlink('app/node_modules/@all', '/opt/all'),
        symlink('opt/all/y', '../store/y-1'),
        file('opt/store/y-1/package.json', npm('@all/y')),
        file('app/node_modules/.pnpm/z@1/node_modules/z/package.json', npm('z')),
        symlink('app/node_modules/z', '.pnpm/z@1/node_modules/z'),
      ],
    ],
    packages: [
      'app/node_modules/.pnpm/z@1/node_modules/z/package.json z 1.0.0 @0',
      'app/packages/api/package.json @acme/api 1.0.0 @0',
      'opt/store/y-1/package.json @all/y 1.0.0 @0',
      'usr/share/nodejs/x/package.json x 1.0.0 @0',
    ],
  },
  {
    rule: 'two links to one directory, and one through the other',
    layers: [
      [
        file('opt/deps/a/package.json', npm('a')),
        ...['app/node_modules', 'srv/node_modules'].map((path) => symlink(path, '/opt/deps')),
        symlink('lib/node_modules', '../app/node_modules'),
      ],
    ],
    packages: ['opt/deps/a/package.json a 1.0.0 @0'],
  },
  {
    rule: 'a link to the directory that it is in does not make its parts packages',
    layers: [
      [
        file('app/package.json', npm('app')),
        file('app/lib/package.json', npm('lib')),
        file('app/node_modules/a/package.json', npm('a')),
        symlink('app/node_modules/self', '..'),
        symlink('app/node_modules/a/node_modules', '..'),
      ],
    ],
    packages: ['app/node_modules/a/package.json a 1.0.0 @0', 'app/package.json app 1.0.0 @0'],
  },
  {
    rule: 'a workspace that a package is tested with is no package',
    layers: [
      [
        file('app/node_modules/r/test/multirepo/packages/a/package.json', npm('a')),
        symlink('app/node_modules/r/test/multirepo/node_modules/a', '../packages/a'),
      ],
    ],
    packages: [],
  },
  {
    rule: 'a link from where packages count installs what is in a cache or in test data',
    layers: [
      [
        ...['a', 'b', 'c', 'not-linked'].map((name) =>
          file(`root/.cache/uv/archive-v0/${name}/${name}-1.0.dist-info/METADATA`, pypi(name)),
        ),
        symlink(`${venv}/a-1.0.dist-info/METADATA`, '/root/.cache/uv/archive-v0/a/a-1.0.dist-info/METADATA'),
        symlink(`${venv}/b-1.0.dist-info`, '/root/.cache/uv/archive-v0/b/b-1.0.dist-info'),
        file('app/node_modules/r/test/d/package.json', npm('d')),
        file('app/node_modules/r/test/node_modules/e/package.json', npm('e')),
        symlink('app/node_modules/r/test/node_modules/d', '../d'),
        symlink('app/node_modules/d', 'r/test/d'),
      ],
      [
        symlink(`${venv}/c-1.0.dist-info/METADATA`, '/root/.cache/uv/archive-v0/c/c-1.0.dist-info/METADATA'),
        file('usr/lib/python3/site-packages/p/tests/f-1.0.egg-info', pypi('f')),
        file('root/.cache/pip/x/site-packages/g-1.0.dist-info/METADATA', pypi('g')),
      ],
      [
        symlink('opt/f/site-packages', '/usr/lib/python3/site-packages/p/tests'),
        symlink('opt/g/site-packages', '/root/.cache/pip/x/site-packages'),
        symlink('srv/node_modules', '/app/node_modules/r/test/node_modules'),
      ],
    ],
    packages: [
      'app/node_modules/r/test/d/package.json d 1.0.0 @0',
      'app/node_modules/r/test/node_modules/e/package.json e 1.0.0 @2',
      `${venv}/a-1.0.dist-info/METADATA a 1.0 @0`,
      `${venv}/c-1.0.dist-info/METADATA c 1.0 @1`,
      'root/.cache/pip/x/site-packages/g-1.0.dist-info/METADATA g 1.0 @2',
      'root/.cache/uv/archive-v0/b/b-1.0.dist-info/METADATA b 1.0 @0',
      'usr/lib/python3/site-packages/p/tests/f-1.0.egg-info f 1.0 @2',
    ],
  },
  {
    rule: 'a link in a cache or in test data installs nothing, and its target is found by others',
    layers: [
      [
        file('opt/deps/a/package.json', npm('a')),
        symlink('app/node_modules/r/test/node_modules', '/opt/deps'),
        symlink('app/node_modules/r/test/x/node_modules/a', '/opt/deps/a'),
        file('root/.cache/pip/x/b-1.0.dist-info/METADATA', pypi('b')),
        symlink('root/.cache/pip/site-packages', 'x'),
      ],
      [symlink('srv/node_modules', '/opt/deps')],
    ],
    packages: ['opt/deps/a/package.json a 1.0.0 @1'],
  },
  {
    rule: 'thousands of links to one directory search it once',
    layers: [
      [
        ...range(3000).map((n) => symlink(`app/${n}/node_modules`, '/opt/deps')),
        ...range(3000).map((n) => file(`opt/deps/p${n}/package.json`, n < 1 ? npm('p0') : '{}')),
      ],
      [whiteout('app/0'), whiteout('app/1')],
    ],
    packages: ['opt/deps/p0/package.json p0 1.0.0 @0'],
  },
  {
    rule: 'of more links to directories of unread names than a layer may have, the rest is a problem',
    layers: [range(101).map((n) => symlink(`gems/${n}/specifications`, '/opt/specs'))],
    packages: [],
    problems: ['0 limit-reached '],
  },
  {
    rule: 'loops are problems, and the others are found',
    layers: [
      [
        symlink('app/node_modules', '../round'),
        symlink('round', 'app/node_modules'),
        file(status, dpkg('a=1')),
        file('opt/deps/b/package.json', npm('b')),
        symlink('srv/node_modules', '/opt/deps'),
        symlink('opt/deps/loop', 'loop'),
      ],
    ],
    packages: [`${status} a 1 @0`, 'opt/deps/b/package.json b 1.0.0 @0'],
    problems: ['0 unresolved-link app/node_modules'],
  },
  {
    rule: 'directories of Python, Ruby, PHP and R that are links',
    layers: [
      [
        file('usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA', pypi('a')),
        file('opt/store/b/METADATA', pypi('b')),
        file('opt/gems/specifications/c-1.0.gemspec', gem('c')),
        file('opt/v/composer/installed.json', JSON.stringify([{ name: 'd/d', version: '1.0' }])),
        file('opt/e/DESCRIPTION', 'Package: e\nVersion: 1.0\nBuilt: R 4.3.1; ; 2024-01-01 00:00:00 UTC; unix\n'),
      ],
      [
        symlink('opt/venv/lib/python3.11/site-packages', '/usr/lib/python3/dist-packages'),
        symlink('srv/site-packages/b-1.0.dist-info', '/opt/store/b'),
        symlink('var/lib/gems/3.1.0', '/opt/gems'),
        symlink('app/vendor', '../opt/v'),
        symlink('usr/lib/R/library/e', '/opt/e'),
      ],
    ],
    packages: [
      'opt/v/composer/installed.json d/d 1.0 @0',
      'opt/e/DESCRIPTION e 1.0 @0',
      'opt/gems/specifications/c-1.0.gemspec c 1.0 @0',
      'opt/store/b/METADATA b 1.0 @1',
      'usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA a 1.0 @0',
    ],
  },
  {
    rule: 'files that no filter records by their own path are read in the layer of the link, each kind under its name',
    layers: [
      [
        file('opt/specs/c-1.0.gemspec', gem('c')),
        file('opt/specs/readme', ''),
        symlink('srv/gems/specifications', '/opt/specs'),
        file('opt/d/d.app', '{application, d, [{vsn, "1.0"}]}.'),
        symlink('srv/lib/d-1.0/ebin', '../../../opt/d'),
        symlink('srv/lib/e-1.0/ebin', '/opt/empty'),
      ],
      [file('opt/readme', '')],
    ],
    packages: ['opt/specs/c-1.0.gemspec c 1.0 @0', 'opt/d/d.app d 1.0 @0'],
  },
  {
    rule: 'those that a later layer replaces are gone, and a problem',
    layers: [
      [file('opt/specs/c-1.0.gemspec', gem('c')), symlink('srv/gems/specifications', '/opt/specs')],
      [file('opt/specs/c-1.0.gemspec', gem('other'))],
    ],
    packages: [],
    problems: ['0 unresolved-link srv/gems/specifications'],
  },
  {
    rule: 'those in another layer than the link are a problem',
    layers: [
      [file('opt/specs/c-1.0.gemspec', gem('c')), file('opt/other/readme', '')],
      [symlink('srv/gems/specifications', '/opt/specs'), symlink('srv/more/specifications', '/opt/other')],
    ],
    packages: [],
    problems: ['1 unresolved-link srv/gems/specifications'],
  },
];

describeRules('links to directories with packages', rules);
