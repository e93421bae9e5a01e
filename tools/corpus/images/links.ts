import { directory, file, hardlink, nullDevice, opaque, symlink, type TarEntry, whiteout } from '@clarion/test-kit';
import {
  debianBase,
  dockerArchive,
  type Expectation,
  type HostileImage,
  osRelease,
  stanza,
  status,
  statusPath,
  vulnerable,
} from '../hostile-image';

type Case = readonly [name: string, expect: Expectation, layers: () => readonly (readonly TarEntry[])[]];

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const withStatus = (entries: readonly TarEntry[]): readonly (readonly TarEntry[])[] => [
  [...debianBase, ...entries, status()],
];
const elsewhere = file('opt/dpkg/status', vulnerable);

/** Each folder doubles the components to walk: resolving `l40` naively takes 2^40 steps. */
const doubling = (depth: number): TarEntry[] => [
  directory('l0'),
  ...many(depth, (n) => symlink(`l${n + 1}`, `l${n}/../l${n}`)),
];

const links: readonly Case[] = [
  ...[1_000, 100_000, 500_000].flatMap((count): Case[] => [
    [
      `target of ${count} components at a wanted path`,
      'not-clean',
      () => [[...debianBase, symlink(statusPath, 'a/'.repeat(count))]],
    ],
    [`target of ${count} times up`, 'not-clean', () => [[...debianBase, symlink(statusPath, '../'.repeat(count))]]],
    [
      `folder whose target has ${count} components`,
      'not-clean',
      () => [[...debianBase, symlink('var/lib/dpkg', './'.repeat(count))]],
    ],
  ]),
  ['target of 300,000 slashes', 'not-clean', () => [[...debianBase, symlink(statusPath, '/'.repeat(300_000))]]],
  ['target beyond the limit beside the database', 'not-clean', () => withStatus([symlink('x', 'a/'.repeat(100_000))])],
  ['link to itself', 'not-clean', () => [[...debianBase, symlink(statusPath, 'status')]]],
  ['folder linked to itself', 'not-clean', () => [[...debianBase, symlink('var', 'var')]]],
  [
    'two links to each other',
    'not-clean',
    () => [[...debianBase, symlink(statusPath, 'other'), symlink('var/lib/dpkg/other', 'status')]],
  ],
  ['root of the database linked below itself', 'not-clean', () => [[...debianBase, symlink('var/lib', 'lib/dpkg')]]],
  ['chain of 39', 'found', () => [[...debianBase, ...chain(39), elsewhere]]],
  ['chain of 41', 'not-clean', () => [[...debianBase, ...chain(41), elsewhere]]],
  ['chain of 100,000', 'not-clean', () => [[...debianBase, ...chain(100_000), elsewhere]]],
  [
    'chain that doubles 10 times',
    'not-clean',
    () => [[...debianBase, ...doubling(10), symlink('var/lib/dpkg', '../../l10/../opt/dpkg'), elsewhere]],
  ],
  [
    'chain that doubles 60 times',
    'not-clean',
    () => [[...debianBase, ...doubling(60), symlink('var/lib/dpkg', '../../l60/../opt/dpkg'), elsewhere]],
  ],
  [
    '10,000 wanted links into a doubling chain',
    'not-clean',
    () => [
      [
        ...debianBase,
        ...doubling(60),
        ...many(10_000, (n) => symlink(`var/lib/dpkg/status.d/p${n}`, '../../../../l60/x')),
      ],
    ],
  ],
  ['folder linked elsewhere', 'found', () => [[...debianBase, symlink('var/lib/dpkg', '../../opt/dpkg'), elsewhere]]],
  [
    'folder linked to an absolute place',
    'found',
    () => [[...debianBase, symlink('var/lib/dpkg', '/opt/dpkg'), elsewhere]],
  ],
  [
    'folder linked above the root',
    'found',
    () => [[...debianBase, symlink('var/lib/dpkg', '../../../../../opt/dpkg'), elsewhere]],
  ],
  [
    'database linked elsewhere',
    'found',
    () => [[...debianBase, symlink(statusPath, '../../../opt/dpkg/status'), elsewhere]],
  ],
  [
    'database linked into a later layer',
    'found',
    () => [[...debianBase, symlink(statusPath, '/opt/dpkg/status')], [elsewhere]],
  ],
  [
    'database linked into an earlier layer',
    'found',
    () => [[...debianBase, elsewhere], [symlink(statusPath, '/opt/dpkg/status')]],
  ],
  [
    'folder replaced by a link in a later layer',
    'found',
    () => [[...debianBase, elsewhere, file(statusPath, 'x')], [symlink('var/lib/dpkg', '/opt/dpkg')]],
  ],
  ['link to nothing', 'not-clean', () => [[...debianBase, symlink(statusPath, '/nothing')]]],
  ['link to a folder', 'not-clean', () => [[...debianBase, symlink(statusPath, '/etc')]]],
  ['link with an empty target', 'not-clean', () => [[...debianBase, symlink(statusPath, '')]]],
  ['300,000 links', 'found', () => withStatus(many(300_000, (n) => symlink(`l/${n}`, 'x')))],
  [
    '100,000 links to the database',
    'found',
    () => withStatus(many(100_000, (n) => symlink(`l/${n}`, `/${statusPath}`))),
  ],
  [
    '20,000 wanted links to one database',
    'not-clean',
    () => [
      [...debianBase, elsewhere, ...many(20_000, (n) => symlink(`var/lib/dpkg/status.d/p${n}`, '/opt/dpkg/status'))],
    ],
  ],
];

const thousands = many(2_000, (n) => stanza(`p${n}`, '1.0-1')).join('');

const hardLinks: readonly Case[] = [
  ...replacedTargets(),
  ['to a later file', 'not-clean', () => [[...debianBase, hardlink(statusPath, 'opt/dpkg/status'), elsewhere]]],
  ['to an earlier file', 'found', () => [[...debianBase, elsewhere, hardlink(statusPath, 'opt/dpkg/status')]]],
  ['into a lower layer', 'found', () => [[...debianBase, elsewhere], [hardlink(statusPath, 'opt/dpkg/status')]]],
  ['to itself', 'not-clean', () => [[...debianBase, hardlink(statusPath, statusPath)]]],
  ['to nothing', 'not-clean', () => [[...debianBase, hardlink(statusPath, 'nothing')]]],
  ['to a folder', 'not-clean', () => [[...debianBase, directory('opt'), hardlink(statusPath, 'opt')]]],
  ['above the root', 'not-clean', () => [[...debianBase, hardlink(statusPath, '../../x')]]],
  [
    'to a symbolic link',
    'found',
    () => [[...debianBase, elsewhere, symlink('l', '/opt/dpkg/status'), hardlink(statusPath, 'l')]],
  ],
  [
    'chain of 1,000',
    'not-clean',
    () => [
      [
        ...debianBase,
        ...many(1_000, (n) => hardlink(`h${n}`, `h${n + 1}`)),
        file('h1000', vulnerable),
        hardlink(statusPath, 'h0'),
      ],
    ],
  ],
  ['two to each other', 'not-clean', () => [[...debianBase, hardlink(statusPath, 'h'), hardlink('h', statusPath)]]],
  [
    '3,000 to one database of 2,000 packages',
    'not-clean',
    () => [
      [
        ...debianBase,
        file('opt/all', `${thousands}${vulnerable}`),
        ...many(3_000, (n) => hardlink(`var/lib/dpkg/status.d/p${n}`, 'opt/all')),
      ],
    ],
  ],
  [
    '3,000 before the database of 2,000 packages',
    'not-clean',
    () => [
      [
        ...debianBase,
        ...many(3_000, (n) => hardlink(`var/lib/dpkg/status.d/p${n}`, 'opt/all')),
        file('opt/all', `${thousands}${vulnerable}`),
      ],
    ],
  ],
  [
    '100,000 to a small file',
    'found',
    () => withStatus([file('f', 'x'), ...many(100_000, (n) => hardlink(`h/${n}`, 'f'))]),
  ],
  ['target of 100,000 components', 'not-clean', () => [[...debianBase, hardlink(statusPath, 'a/'.repeat(100_000))]]],
];

const whiteouts: readonly Case[] = [
  ['bare', 'not-clean', () => withStatus([file('var/.wh.')])],
  ['of dot', 'not-clean', () => withStatus([file('var/.wh..')])],
  ['of dot dot', 'not-clean', () => withStatus([file('var/.wh...')])],
  ['of a whiteout', 'not-clean', () => withStatus([file('var/.wh..wh.lib')])],
  ['reserved name', 'not-clean', () => withStatus([file('var/.wh..wh.aufs')])],
  ['in the middle of a path', 'not-clean', () => withStatus([file('var/.wh.lib/x')])],
  ['of the folder, in its own layer', 'found', () => [[...debianBase, status(), whiteout('var/lib/dpkg')]]],
  ['opaque folder in its own layer', 'found', () => [[...debianBase, status(), opaque('var/lib/dpkg')]]],
  ['opaque root in its own layer', 'found', () => [[...debianBase, status(), opaque('')]]],
  ['with a body', 'found', () => withStatus([file('etc/.wh.x', 'body'.repeat(1_000))])],
  ['as a directory', 'not-clean', () => withStatus([directory('etc/.wh.x')])],
  [
    'of everything above',
    'any',
    () => [
      [...debianBase, status()],
      [whiteout('var'), whiteout('etc')],
    ],
  ],
  ['of the root', 'not-clean', () => [[...debianBase, status()], [file('.wh.')]]],
  ['of the database only', 'not-clean', () => [[...debianBase, status()], [whiteout(statusPath)]]],
  ['by a device', 'not-clean', () => [[...debianBase, status()], [nullDevice(statusPath)]]],
  ['of the release only', 'not-clean', () => [[...debianBase, status()], [whiteout('etc/os-release')]]],
  ['100,000 of nothing', 'found', () => withStatus(many(100_000, (n) => whiteout(`w/${n}`)))],
  ['10,000 opaque folders', 'found', () => withStatus(many(10_000, (n) => opaque(`o/${n}`)))],
  ['removed and brought back', 'found', () => [[...debianBase, status()], [whiteout(statusPath)], [status()]]],
  [
    'of a link to the folder',
    'not-clean',
    () => [[...debianBase, symlink('var/lib/dpkg', '/opt/dpkg'), elsewhere], [whiteout('var/lib/dpkg')]],
  ],
  [
    'under a link to the folder',
    'not-clean',
    () => [[...debianBase, symlink('var/lib/dpkg', '/opt/dpkg'), elsewhere], [whiteout('var/lib/dpkg/status')]],
  ],
];

/** The target through links `c0 → c1 → …`. */
function chain(length: number): TarEntry[] {
  const hops = many(length - 1, (n) => symlink(`c/${n}`, n === length - 2 ? '/opt/dpkg/status' : `${n + 1}`));
  return [symlink(statusPath, '/c/0'), ...hops];
}

/** The database is a link first, and its target is replaced with something clean later in the layer. */
function replacedTargets(): Case[] {
  const clean = stanza('zlib1g', '1:1.2.13.dfsg-1');
  const later: readonly (readonly [name: string, entry: TarEntry])[] = [
    ['a file', file('opt/x', clean)],
    ['an empty file', file('opt/x', '')],
    ['a hard link', hardlink('opt/x', 'opt/clean')],
    ['a symbolic link', symlink('opt/x', 'clean')],
    ['a directory', directory('opt/x')],
  ];
  const linked = (entry: TarEntry): TarEntry[] => {
    return [file('opt/clean', clean), file('opt/x', vulnerable), hardlink(statusPath, 'opt/x'), entry];
  };
  return [
    ...later.flatMap(([name, entry]): Case[] => [
      [`whose target becomes ${name}`, 'found', () => [[...debianBase, ...linked(entry)]]],
      [
        `whose target becomes ${name}, in an upper layer`,
        'found',
        () => [[...debianBase, status(clean)], linked(entry)],
      ],
    ]),
    [
      'chain whose files are replaced',
      'found',
      () => [
        [
          ...debianBase,
          ...[file('a', vulnerable), hardlink('b', 'a'), hardlink('c', 'b'), hardlink(statusPath, 'c')],
          ...['a', 'b', 'c'].map((name) => file(name, clean)),
        ],
      ],
    ],
    [
      'of a file in status.d whose target is replaced',
      'found',
      () => [
        [
          ...[...debianBase, status(clean), file('z', vulnerable)],
          ...[hardlink('var/lib/dpkg/status.d/libnghttp2-14', 'z'), file('z', clean)],
        ],
      ],
    ],
    [
      'of the release whose target is replaced',
      'found',
      () => [[file('z', osRelease), hardlink('etc/os-release', 'z'), file('z', 'ID=x\n'), status()]],
    ],
    [
      'through a link of a directory, whose target is replaced',
      'found',
      () => [
        [
          ...[...debianBase, symlink('d', 'opt'), file('opt/x', vulnerable)],
          ...[hardlink(statusPath, 'd/x'), file('opt/x', clean)],
        ],
      ],
    ],
    [
      'beside a second name of the database through a link of a lower layer',
      'not-clean',
      () => [
        [...debianBase, symlink('v', 'var')],
        [file('opt/x', vulnerable), file(statusPath, clean), hardlink('v/lib/dpkg/status', 'opt/x')],
      ],
    ],
  ];
}

export function linkImages(): readonly HostileImage[] {
  const families = { 'symbolic link': links, 'hard link': hardLinks, whiteout: whiteouts };
  return Object.entries(families).flatMap(([family, cases]) =>
    cases.map(([name, expect, layers]) => dockerArchive(`${family}/${name}`, expect, layers)),
  );
}
