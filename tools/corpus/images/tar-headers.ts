import { base256, directory, endBlocks, file, member, pax, paxRecord, rawHeader } from '@clarion/test-kit';
import {
  aroundStatus,
  debianBase,
  dockerArchive,
  type Expectation,
  type HostileImage,
  openTar,
  osRelease,
  status,
  statusPath,
  vulnerable,
} from '../hostile-image';

type Case = readonly [name: string, expect: Expectation, hostile: () => Uint8Array];

/** Headers with false fields; the package database follows them. */
const lyingHeaders: readonly Case[] = [
  ['negative size', 'not-clean', () => rawHeader({ size: base256(-1n) })],
  ['size of 2^62', 'not-clean', () => rawHeader({ size: base256(1n << 62n) })],
  ['size of 2^90', 'not-clean', () => rawHeader({ size: base256(1n << 90n) })],
  ['size that is not a number', 'not-clean', () => rawHeader({ size: Buffer.from('1x3456789012') })],
  ['largest octal size', 'not-clean', () => rawHeader({ size: Buffer.from('77777777777\0') })],
  ['size of spaces', 'not-clean', () => rawHeader({ size: Buffer.from('            ') })],
  ['size field of NULs', 'found', () => rawHeader({ size: Buffer.alloc(12) })],
  ['wrong checksum', 'not-clean', () => rawHeader({ checksum: '0000000\0' })],
  ['checksum of spaces', 'not-clean', () => rawHeader({ checksum: '        ' })],
  ['block of random bytes', 'not-clean', () => Buffer.alloc(512, 0xa7)],
  ['one zero block', 'not-clean', () => Buffer.alloc(512)],
  ['many zero blocks', 'any', () => Buffer.alloc(512 * 20)],
  ['mode that is not a number', 'found', () => member({ name: 'x', patches: { 100: 'abcdefg\0' } }, 'x')],
  ['owner beyond octal', 'found', () => member({ name: 'x', patches: { 108: base256(1n << 40n).subarray(4) } }, 'x')],
  ['time that is not a number', 'found', () => member({ name: 'x', patches: { 136: 'never-ending' } }, 'x')],
  ['unknown type with a body', 'not-clean', () => member({ name: 'x', flag: 'Z' }, 'x')],
  ['unknown type without a body', 'found', () => member({ name: 'x', flag: 'Z' })],
  ['device with a body', 'not-clean', () => member({ name: 'dev/x', flag: '4' }, 'x'.repeat(600))],
  ['fifo with a body', 'not-clean', () => member({ name: 'x', flag: '6' }, 'x'.repeat(600))],
  ['directory with a body', 'not-clean', () => member({ name: 'x/', flag: '5' }, 'x'.repeat(600))],
  ['symlink with a body', 'not-clean', () => member({ name: 'x', flag: '2', link: 'y' }, 'x'.repeat(600))],
  ['volume header', 'found', () => member({ name: 'volume', flag: 'V' })],
  ['multi-volume continuation', 'not-clean', () => member({ name: 'x', flag: 'M' }, 'x')],
  ['dump directory', 'not-clean', () => member({ name: 'x/', flag: 'D' }, 'Yx\0\0')],
];

/** Extended headers and long names. */
const extensions: readonly Case[] = [
  ['pax size beyond numbers', 'not-clean', () => pax([['size', '9'.repeat(40)]])],
  ['pax size below zero', 'not-clean', () => pax([['size', '-1']])],
  ['pax size that is not a number', 'not-clean', () => pax([['size', '0x10']])],
  ['pax record of length 0', 'not-clean', () => member({ flag: 'x' }, '0 path=x\n')],
  ['pax record beyond its header', 'not-clean', () => member({ flag: 'x' }, '900 path=x\n')],
  ['pax record without end', 'not-clean', () => member({ flag: 'x' }, '12 path=xxxx')],
  ['pax record without length', 'not-clean', () => member({ flag: 'x' }, 'path=x\n')],
  ['pax length of a thousand digits', 'not-clean', () => member({ flag: 'x' }, `${'1'.repeat(1000)} path=x\n`)],
  ['pax header of 2 MiB', 'not-clean', () => pax([['comment', 'x'.repeat(2 << 20)]])],
  [
    'pax header of 100,000 records',
    'not-clean',
    () => pax(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, 'v'] as const)),
  ],
  ['pax path with NUL', 'not-clean', () => pax([['path', 'a\0b']])],
  [
    'pax keys of prototypes',
    'found',
    () =>
      Buffer.concat([
        pax([
          ['__proto__', 'x'],
          ['constructor', 'y'],
        ]),
        member({ name: 'x' }),
      ]),
  ],
  [
    'pax header at the end of pax headers',
    'not-clean',
    () => Buffer.concat(Array.from({ length: 1000 }, () => pax([['path', 'x']]))),
  ],
  [
    '10,000 global headers',
    'found',
    () => Buffer.concat(Array.from({ length: 10_000 }, () => pax([['comment', 'x']], 'g'))),
  ],
  ['global path', 'not-clean', () => pax([['path', 'elsewhere']], 'g')],
  ['global size', 'not-clean', () => pax([['size', '100000']], 'g')],
  ['long name of 2 MiB', 'not-clean', () => member({ flag: 'L' }, 'x/'.repeat(1 << 20))],
  [
    'long name without NUL',
    'found',
    () => Buffer.concat([member({ flag: 'L' }, 'x'.repeat(200)), member({ name: 'x' })]),
  ],
  [
    '100 long names in a row',
    'not-clean',
    () => Buffer.concat(Array.from({ length: 100 }, () => member({ flag: 'L' }, 'name\0'))),
  ],
  ['long link of 2 MiB', 'not-clean', () => member({ flag: 'K' }, 'x/'.repeat(1 << 20))],
  ['long name that is empty', 'found', () => Buffer.concat([member({ flag: 'L' }, '\0'), member({ name: 'x' })])],
  [
    'sparse map of 100,000 pieces',
    'not-clean',
    () => sparse10(Array.from({ length: 100_000 }, (_, n) => [n * 2, 1] as const)),
  ],
  [
    'sparse map that overlaps',
    'not-clean',
    () =>
      sparse10([
        [0, 100],
        [50, 100],
      ]),
  ],
  ['sparse map below zero', 'not-clean', () => sparse10([[-1, 1]])],
  ['sparse map beyond numbers', 'not-clean', () => sparse10([[Number.MAX_SAFE_INTEGER, 1]])],
  ['sparse size of 2^60', 'not-clean', () => sparse10([[0, 1]], 2n ** 60n)],
  [
    'sparse map that is not a number',
    'not-clean',
    () => Buffer.concat([sparseHeader(1n), member({ name: 'x' }, 'x\n')]),
  ],
  [
    'old sparse header without end',
    'not-clean',
    () => rawHeader({ flag: 'S', format: 'gnu', patches: { 482: '\x01' } }),
  ],
];

function sparseHeader(size: bigint): Buffer {
  return pax([
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', 'x'],
    ['GNU.sparse.realsize', String(size)],
  ]);
}

/** A sparse file in GNU tar 1.0 format: its map precedes its data. */
function sparse10(map: readonly (readonly [number, number])[], size = 1000n): Buffer {
  const text = Buffer.from([map.length, ...map.flat()].map((number) => `${number}\n`).join(''));
  const padded = Buffer.concat([text], Math.ceil(text.length / 512) * 512);
  return Buffer.concat([sparseHeader(size), member({ name: 'x' }, Buffer.concat([padded, Buffer.alloc(512, 0x78)]))]);
}

const names: readonly (readonly [string, Expectation])[] = [
  [`/${statusPath}`, 'found'],
  [`./${statusPath}`, 'found'],
  ['//var//lib/./dpkg///status', 'found'],
  ['var/lib/other/../dpkg/status', 'not-clean'],
  ['../var/lib/dpkg/status', 'not-clean'],
  ['a/../../var/lib/dpkg/status', 'not-clean'],
  ['var/lib/dpkg/status/', 'not-clean'],
];
const oddNames = [
  '',
  '/',
  '.',
  '..',
  './',
  '../../etc/passwd',
  '\u202egnp.exe',
  'a\nb',
  'a\x1b[31mb',
  '~',
  '-rf',
  'C:\\x',
  'con',
  '%00',
  ' ',
];

const status512 = (): Buffer => Buffer.from(vulnerable.padEnd(512, '\n'));

/** All other forms of the database itself. */
const forms: readonly HostileImage[] = [
  form('no end blocks', 'found', () => openTar([...debianBase, status()])),
  form('contiguous file', 'found', () =>
    closed(openTar(debianBase), member({ name: statusPath, flag: '7' }, vulnerable)),
  ),
  form('old regular file', 'found', () =>
    closed(openTar(debianBase), member({ name: statusPath, flag: '\0', format: 'v7' }, vulnerable)),
  ),
  form('name in the prefix', 'found', () =>
    closed(openTar(debianBase), member({ name: 'status', prefix: 'var/lib/dpkg' }, vulnerable)),
  ),
  form('pax path', 'found', () =>
    closed(openTar(debianBase), pax([['path', statusPath]]), member({ name: 'x' }, vulnerable)),
  ),
  form('pax path twice', 'found', () =>
    closed(
      openTar(debianBase),
      pax([
        ['path', 'no'],
        ['path', statusPath],
      ]),
      member({ name: 'x' }, vulnerable),
    ),
  ),
  form('long name', 'found', () =>
    closed(openTar(debianBase), member({ flag: 'L' }, `${statusPath}\0`), member({ name: 'x' }, vulnerable)),
  ),
  form('pax size', 'found', () =>
    closed(openTar(debianBase), pax([['size', '512']]), rawHeader({ name: statusPath, size: 0 }), status512()),
  ),
  form('base-256 size', 'found', () =>
    closed(openTar(debianBase), rawHeader({ name: statusPath, size: base256(512n) }), status512()),
  ),
  form('last of two wins', 'found', () => openTar([...debianBase, status('Package: none\n'), status()])),
  form('file, then a directory of its name', 'any', () => openTar([...debianBase, status(), directory(statusPath)])),
  form('directory, then a file of its name', 'found', () => openTar([...debianBase, directory(statusPath), status()])),
  form('file below a file', 'not-clean', () => openTar([...debianBase, file('var', 'x'), status()])),
  form('cut in the header', 'not-clean', () => openTar([...debianBase, status()]).subarray(0, -600)),
  form('cut in the body', 'not-clean', () => cutBody()),
  form('cut in the padding', 'not-clean', () => openTar([...debianBase, status()]).subarray(0, -10)),
  form('100,000 files', 'found', () =>
    openTar([...debianBase, ...Array.from({ length: 100_000 }, (_, n) => file(`f/${n}`)), status()]),
  ),
  form('5,000 folders deep', 'not-clean', () =>
    closed(openTar([...debianBase, status()]), pax([['path', `${'d/'.repeat(5_000)}x`]]), member({})),
  ),
  form('2,000 folders deep', 'found', () =>
    closed(openTar([...debianBase, status()]), pax([['path', `${'d/'.repeat(2_000)}x`]]), member({})),
  ),
  form('database behind 50,000 folders', 'found', () =>
    openTar([...debianBase, ...Array.from({ length: 50_000 }, (_, n) => directory(`d/${n}`)), status()]),
  ),
  form('release file of 10 MiB', 'not-clean', () =>
    openTar([file('etc/os-release', `${osRelease}X=${'x'.repeat(10 << 20)}\n`), status()]),
  ),
  form('layer of one byte', 'any', () => Buffer.from('x')),
  form('layer of nothing', 'any', () => Buffer.alloc(0)),
  form('layer of random bytes', 'any', () => Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 251))),
  form('names that are not text', 'found', () =>
    closed(openTar(debianBase), member({ name: Buffer.from([0xff, 0xfe, 0x80]) }, 'x'), openTar([status()])),
  ),
  form('pax records of other lengths', 'found', () =>
    closed(
      openTar(debianBase),
      member({ flag: 'x' }, Buffer.concat([paxRecord('mtime', '1.5'), paxRecord('path', statusPath)])),
      member({ name: 'x' }, vulnerable),
    ),
  ),
];

function form(name: string, expect: Expectation, tar: () => Uint8Array): HostileImage {
  return dockerArchive(`tar form/${name}`, expect, () => [tar()]);
}

function closed(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...parts, endBlocks]);
}

/** Declares a database of many packages and ends in the middle of it. */
function cutBody(): Buffer {
  const content = `${vulnerable.repeat(1)}${'Package: filler\n'.repeat(2_000)}`;
  return openTar([...debianBase, status(content)]).subarray(0, -20_000);
}

export function tarHeaderImages(): readonly HostileImage[] {
  return [
    ...[...lyingHeaders, ...extensions].map(([name, expect, hostile]) =>
      aroundStatus(`tar header/${name}`, expect, hostile),
    ),
    ...names.map(([path, expect]) =>
      dockerArchive(`tar name/${path}`, expect, () => [
        closed(openTar(debianBase), member({ name: path }, vulnerable)),
      ]),
    ),
    ...oddNames.map((path) =>
      aroundStatus(`tar name/${JSON.stringify(path)}`, 'not-clean', () => member({ name: path }, 'x')),
    ),
    ...forms,
  ];
}
