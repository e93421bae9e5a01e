import { directory, file, type TarEntry } from '@clarion/test-kit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import type { Random } from '../random';

const many = (count: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => make(n)).join('');
const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le');

const dpkg: readonly (readonly [name: string, expect: Expectation, content: () => string | Uint8Array])[] = [
  ['empty', 'not-clean', () => ''],
  ['blank lines only', 'not-clean', () => '\n'.repeat(100_000)],
  ['NULs only', 'not-clean', () => Buffer.alloc(100_000)],
  ['random bytes', 'not-clean', () => Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 7919) % 253))],
  ['NUL in a name', 'found', () => `${stanza('a\0b', '1')}${vulnerable}`],
  ['carriage returns', 'found', () => vulnerable.replaceAll('\n', '\r\n')],
  ['byte order mark', 'found', () => `\ufeff${vulnerable}`],
  ['UTF-16', 'not-clean', () => utf16(vulnerable)],
  ['no newline at the end', 'found', () => vulnerable.trimEnd()],
  ['cut within a stanza', 'not-clean', () => `${vulnerable.split('Version')[0] ?? ''}Vers`],
  ['cut within the name', 'not-clean', () => 'Pack'],
  ['HTML', 'not-clean', () => '<!DOCTYPE html><html><body>404</body></html>'],
  ['JSON', 'not-clean', () => '{"Package":"curl"}'],
  ['line of 20 MiB', 'found', () => `${stanza('big', '1', `Description: ${'x'.repeat(20 << 20)}\n`)}${vulnerable}`],
  ['line of 20 MiB without colon', 'not-clean', () => `${'x'.repeat(20 << 20)}\n\n${vulnerable}`],
  ['name of 1 MiB', 'not-clean', () => `${stanza('n'.repeat(1 << 20), '1')}${vulnerable}`],
  ['version of 1 MiB of digits', 'not-clean', () => `${stanza('big', '9'.repeat(1 << 20))}${vulnerable}`],
  ['version of 1 MiB of tildes', 'not-clean', () => stanza('libnghttp2-14', '~'.repeat(1 << 20), 'Source: nghttp2\n')],
  ['version of 606 characters', 'not-clean', () => stanza('nghttp2', `1.52.0${'.1'.repeat(300)}`)],
  [
    'versions of 4,000 characters, 8,000 times',
    'not-clean',
    () =>
      Array.from({ length: 8000 }, (_, n) =>
        stanza(`nghttp2-${n}`, `2${'.1'.repeat(2000)}.${n}`, 'Source: nghttp2\n'),
      ).join(''),
  ],
  ['version that is invalid', 'not-clean', () => stanza('libnghttp2-14', 'not a version', 'Source: nghttp2\n')],
  ['version of nothing', 'not-clean', () => stanza('libnghttp2-14', '', 'Source: nghttp2\n')],
  ['no version', 'not-clean', () => 'Package: libnghttp2-14\nStatus: install ok installed\nSource: nghttp2\n\n'],
  ['no name', 'not-clean', () => 'Status: install ok installed\nVersion: 1\n\n'],
  ['epoch beyond numbers', 'any', () => stanza('libnghttp2-14', '99999999999999999999:1', 'Source: nghttp2\n')],
  ['source version that is invalid', 'not-clean', () => stanza('libnghttp2-14', '1.52.0-1', 'Source: nghttp2 (((\n')],
  ['source of blanks', 'any', () => stanza('libnghttp2-14', '1.52.0-1', 'Source:    \n')],
  ['continuation first', 'not-clean', () => ` Package: x\n${vulnerable}`],
  [
    'million continuations',
    'found',
    () => `${stanza('big', '1', `Description: x\n${' y\n'.repeat(1_000_000)}`)}${vulnerable}`,
  ],
  ['version twice', 'found', () => vulnerable.replace('Version: 1.52.0-1', 'Version: 1.52.0-1\nVersion: 99')],
  ['version twice, the good one first', 'found', () => vulnerable.replace('Version:', 'Version: 99\nVersion:')],
  ['version twice, of another case', 'found', () => vulnerable.replace('Version:', 'VERSION: 99\nVersion:')],
  ['source twice', 'found', () => vulnerable.replace('Source:', 'Source: other\nSource:')],
  ['state twice', 'found', () => vulnerable.replace('Status:', 'Status: deinstall ok config-files\nStatus:')],
  ['state with a word more', 'found', () => vulnerable.replace('ok installed', 'ok installed config-files')],
  ['state on two lines', 'found', () => vulnerable.replace('ok installed', 'ok installed\n config-files')],
  ['state that dpkg has none of', 'found', () => vulnerable.replace('ok installed', 'ok gone')],
  ['name in capitals', 'found', () => vulnerable.replace('libnghttp2-14', 'LibNGHTTP2-14')],
  ['name in capitals, without a source', 'found', () => stanza('NGHTTP2', '1.52.0-1')],
  ['source in capitals', 'found', () => vulnerable.replace('Source: nghttp2', 'Source: NGHTTP2')],
  ['name with an architecture', 'found', () => vulnerable.replace('libnghttp2-14', 'libnghttp2-14:amd64')],
  ['name with an architecture, without a source', 'not-clean', () => stanza('nghttp2:amd64', '1.52.0-1')],
  ['name twice', 'found', () => vulnerable.replace('Package:', 'Package: other\nPackage:')],
  ['blank line lost', 'found', () => `${stanza('zlib1g', '1').trimEnd()}\n${vulnerable}`],
  ['source version without end', 'found', () => stanza('libnghttp2-14', '1.52.0-1', 'Source: nghttp2 (99\n')],
  [
    '100,000 fields',
    'found',
    () =>
      `${stanza(
        'big',
        '1',
        many(100_000, (n) => `F${n}: x\n`),
      )}${vulnerable}`,
  ],
  [
    'names of prototypes',
    'found',
    () => `${stanza('__proto__', '1')}${stanza('constructor', '1')}${stanza('toString', '1')}${vulnerable}`,
  ],
  ['fields of prototypes', 'found', () => `${stanza('x', '1', '__proto__: y\nconstructor: z\n')}${vulnerable}`],
  ['escapes of terminals', 'found', () => `${stanza('\x1b[2J\x1b]0;x\x07', '1\x1b[31m')}${vulnerable}`],
  ['markup', 'found', () => `${stanza('<script>alert(1)</script>', '=1+1')}${vulnerable}`],
  ['right to left', 'found', () => `${stanza('\u202eevil', '1')}${vulnerable}`],
  ['200,000 packages', 'not-clean', () => `${many(200_000, (n) => stanza(`p${n}`, '1.0-1'))}${vulnerable}`],
  ['60 MiB of packages', 'not-clean', () => `${many(600_000, (n) => stanza(`p${n}`, '1.0-1'))}${vulnerable}`],
  ['10,000 times the same package', 'found', () => vulnerable.repeat(10_000)],
  ['70 MiB', 'not-clean', () => Buffer.alloc(70 << 20, 'x')],
  ['unknown state', 'any', () => vulnerable.replace('install ok installed', 'hold reinstreq half-configured')],
  ['no state', 'not-clean', () => vulnerable.replace(/^Status:.*\n/m, '')],
  [
    'a line that is not a field',
    'not-clean',
    () => `${stanza('zlib1g', '1')}${vulnerable.replace('Package:', 'Package')}`,
  ],
  [
    'other bytes after a part of it',
    'not-clean',
    () => {
      const noise = Buffer.from(Array.from({ length: 30_000 }, (_, n) => (n * 7919) % 251));
      return Buffer.concat([Buffer.from(stanza('zlib1g', '1') + stanza('adduser', '1').slice(0, 40)), noise]);
    },
  ],
  [
    'a name of NULs in place of a record',
    'not-clean',
    () => `Package:${'\0'.repeat(40)}: 6\n${vulnerable.trimStart()}`,
  ],
  ['state of a thousand words', 'any', () => vulnerable.replace('install ok installed', 'install '.repeat(1_000))],
];

const apkRelease = file('etc/os-release', 'ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n');
const apkPath = 'lib/apk/db/installed';

const apk: readonly (readonly [string, () => string | Uint8Array])[] = [
  ['empty', () => ''],
  ['no colons', () => 'x\n'.repeat(100_000)],
  ['line of 20 MiB', () => `P:x\nV:1-r0\nT:${'x'.repeat(20 << 20)}\n\n`],
  ['1,000,000 packages', () => many(1_000_000, (n) => `P:p${n}\nV:1-r0\n\n`)],
  ['1,000,000 lines of one package', () => `P:x\nV:1-r0\n${'F:a\n'.repeat(1_000_000)}`],
  ['version of 1 MiB', () => `P:x\nV:${'1.'.repeat(1 << 19)}1-r0\n\n`],
  ['random bytes', () => Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 7919) % 253))],
  ['names of prototypes', () => 'P:__proto__\nV:1-r0\n\nP:constructor\nV:1-r0\n\n'],
  ['cut', () => 'P:x\nV'],
];

const release: readonly (readonly [name: string, expect: Expectation, content: () => string])[] = [
  ['empty', 'not-clean', () => ''],
  ['no id', 'not-clean', () => 'VERSION_ID="12"\n'],
  ['unknown id', 'not-clean', () => 'ID=nosuchos\nVERSION_ID="12"\n'],
  ['no version', 'not-clean', () => 'ID=debian\n'],
  ['version of the future', 'not-clean', () => 'ID=debian\nVERSION_ID="9999"\n'],
  ['version of a mile', 'not-clean', () => `ID=debian\nVERSION_ID="${'1'.repeat(1 << 20)}"\n`],
  ['quote without end', 'not-clean', () => 'ID="debian\nVERSION_ID="12\n'],
  ['100,000 assignments', 'not-clean', () => many(100_000, (n) => `K${n}=v\n`)],
  ['command substitution', 'not-clean', () => 'ID=$(touch /tmp/x)\nVERSION_ID=`id`\n'],
  ['id of prototypes', 'not-clean', () => 'ID=__proto__\nVERSION_ID=12\n'],
  ['id of a path', 'not-clean', () => 'ID=../../etc\nVERSION_ID=12\n'],
  ['escapes of terminals', 'not-clean', () => 'ID=debian\nVERSION_ID="12\x1b[2J"\nPRETTY_NAME="\x1b]0;x\x07"\n'],
  ['id like many', 'any', () => `ID=mine\nID_LIKE="${'debian '.repeat(50_000)}"\nVERSION_ID=12\n`],
];

const places: readonly (readonly [name: string, expect: Expectation, entries: () => readonly TarEntry[]])[] = [
  ['database is a folder', 'not-clean', () => [...debianBase, directory(statusPath)]],
  ['database is a fifo', 'not-clean', () => [...debianBase, { path: statusPath, type: 'fifo' }]],
  [
    'database is a device',
    'not-clean',
    () => [...debianBase, { path: statusPath, type: 'character-device', device: [1, 3] }],
  ],
  ['release file is a folder', 'not-clean', () => [directory('etc/os-release'), status()]],
  ['no release file', 'not-clean', () => [status()]],
  [
    'journal that dpkg has not merged',
    'found',
    () => [...debianBase, status(stanza('zlib1g', '1')), file('var/lib/dpkg/updates/0001', vulnerable)],
  ],
  [
    '100,000 files of status.d',
    'not-clean',
    () => [
      ...debianBase,
      ...Array.from({ length: 100_000 }, (_, n) => file(`var/lib/dpkg/status.d/p${n}`, stanza(`p${n}`, '1'))),
    ],
  ],
  [
    'three databases at once',
    'not-clean',
    () => [...debianBase, status(), file(apkPath, 'P:x\nV:1-r0\n\n'), file('var/lib/rpm/Packages', 'x')],
  ],
  [
    'moved by the configuration of dpkg',
    'not-clean',
    () => [
      ...[...debianBase, status(stanza('zlib1g', '1')), file('etc/dpkg/dpkg.cfg', 'admindir=/srv/db\n')],
      file('srv/db/status', vulnerable),
    ],
  ],
  [
    'a control file of status.d with the name of a list',
    'found',
    () => [...debianBase, file('var/lib/dpkg/status.d/z.list', vulnerable)],
  ],
  ['nothing but a folder', 'not-clean', () => [directory('etc')]],
];

const rpmPaths = {
  'Berkeley DB': ['bdb-little-endian', 'var/lib/rpm/Packages'],
  'Berkeley DB, big endian': ['bdb-big-endian', 'var/lib/rpm/Packages'],
  NDB: ['ndb', 'usr/lib/sysimage/rpm/Packages.db'],
  SQLite: ['sqlite-settled', 'usr/lib/sysimage/rpm/rpmdb.sqlite'],
} as const;

/** Real databases with damage from a seed: extreme values, cuts, swapped pages. */
function damagedRpm(root: string, random: Random, each: number): HostileImage[] {
  return Object.entries(rpmPaths).flatMap(([format, [folder, path]]) =>
    Array.from({ length: each }, (_, n) => {
      const seedOfCase = random.below(2 ** 31);
      return dockerArchive(`rpm/${format} ${n}`, 'not-clean', () => [
        [
          file('etc/os-release', 'ID=rocky\nVERSION_ID="9.4"\n'),
          file(path, damage(readFileSync(join(root, folder, path)), seedOfCase)),
        ],
      ]);
    }),
  );
}

const extremes = [0, 1, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 0x80000000, 4096, 8192];

function damage(original: Buffer, seed: number): Buffer {
  const bytes = Buffer.from(original);
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
  const way = below(4);
  if (way === 0) return bytes.subarray(0, below(bytes.length));
  for (let wound = 0; wound < 1 + below(20); wound += 1) {
    const at = below(Math.floor(bytes.length / 4) - 1) * 4;
    const value = extremes[below(extremes.length)] ?? 0;
    if (way === 1) bytes.writeUInt32LE(value, at);
    else if (way === 2) bytes.writeUInt32BE(value, at);
    else bytes.copy(bytes, at, below(bytes.length), at + 512);
  }
  return bytes;
}

export function databaseImages(testdata: string, random: Random): readonly HostileImage[] {
  return [
    ...dpkg.map(([name, expect, content]) =>
      dockerArchive(`dpkg/${name}`, expect, () => [[...debianBase, status(content())]]),
    ),
    ...apk.map(([name, content]) =>
      dockerArchive(`apk/${name}`, 'any', () => [[apkRelease, file(apkPath, content())]]),
    ),
    ...release.map(([name, expect, content]) =>
      dockerArchive(`release/${name}`, expect, () => [[file('etc/os-release', content()), status()]]),
    ),
    ...places.map(([name, expect, entries]) => dockerArchive(`place/${name}`, expect, () => [entries()])),
    dockerArchive('release/two that differ', 'not-clean', () => [
      [file('etc/os-release', osRelease), file('usr/lib/os-release', 'ID=nosuchos\nVERSION_ID=1\n'), status()],
    ]),
    ...damagedRpm(join(testdata, 'rpm', 'testdata'), random, 12),
  ];
}
