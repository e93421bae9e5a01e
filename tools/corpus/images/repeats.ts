import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildImage,
  buildTar,
  directory,
  file,
  type ImageRecipe,
  symlink,
  type TarEntry,
  whiteout,
} from '@clarion/test-kit';
import { debianBase, dockerArchive, type Expectation, type HostileImage, stanza, vulnerable } from '../hostile-image';

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** A file a package, as distroless images have them; the last one is vulnerable. */
const packages = (count: number): TarEntry[] => [
  ...many(count, (n) => file(`var/lib/dpkg/status.d/p${n}`, stanza(`p${n}`, '1'))),
  file('var/lib/dpkg/status.d/z', vulnerable),
];
const links = (count: number): TarEntry[] => many(count, (n) => symlink(`v${n}`, `v${n + 1}`));
const whiteouts = (count: number): TarEntry[] => many(count, (n) => whiteout(`d${n}/x`));

/** A docker archive that contains each layer once and lists the layers in the given order. */
function repeated(layers: ImageRecipe['layers'], order: readonly number[]): Uint8Array {
  const once = buildImage({ layers, compression: 'gzip' });
  const name = (n: number): string => `${n}.tar.gz`;
  const config = { ...once.platform, rootfs: { type: 'layers', diff_ids: order.map((n) => once.layers[n]?.diffId) } };
  const manifest = [{ Config: 'config.json', RepoTags: ['hostile:1'], Layers: order.map(name) }];
  return buildTar([
    file('config.json', JSON.stringify(config)),
    ...once.layers.map(({ blob }, n) => file(name(n), blob)),
    file('manifest.json', JSON.stringify(manifest)),
  ]);
}

type Case = readonly [
  name: string,
  expect: Expectation,
  layers: () => readonly (readonly TarEntry[])[],
  order: number[],
];

const times = (count: number): number[] => many(count, () => 0);
const inTurn = (count: number): number[] => many(count, (n) => n % 2);

const repeats: readonly Case[] = [
  ['100,000 links, 512 times', 'found', () => [[...debianBase, ...packages(1), ...links(100_000)]], times(512)],
  [
    '20,000 packages, whiteouts and links, 512 times',
    'found',
    () => [[...debianBase, ...packages(20_000), ...whiteouts(20_000), ...links(20_000)]],
    times(512),
  ],
  ['3,000 packages, 512 times', 'found', () => [[...debianBase, ...packages(3_000)]], times(512)],
  ['100,000 whiteouts, 512 times', 'found', () => [[...debianBase, ...packages(1), ...whiteouts(100_000)]], times(512)],
  [
    '10,000 packages that go and come back 255 times',
    'not-clean',
    () => [
      [...debianBase, ...packages(10_000)],
      [...many(10_000, (n) => whiteout(`var/lib/dpkg/status.d/p${n}`)), whiteout('var/lib/dpkg/status.d/z')],
    ],
    [...inTurn(510), 0],
  ],
  [
    '50,000 links that go and come back 256 times',
    'not-clean',
    () => [[...debianBase, ...packages(1), ...links(50_000)], many(50_000, (n) => whiteout(`v${n}`))],
    inTurn(512),
  ],
];

const additions: readonly (readonly [name: string, names: number, length: number, layers: number])[] = [
  ['60,000 names, and 40 layers that each add one', 60_000, 20, 40],
  ['7,900 names of 3,900 characters, and 170 layers that each add one', 7_900, 3_900, 170],
];

/** A layer of names next to the database, to which each layer above adds one. */
function addition([name, names, length, layers]: (typeof additions)[number]): HostileImage {
  const beside = (text: string): TarEntry => file(`var/lib/dpkg/status.d/${text.padEnd(length, 'x')}.list`);
  return dockerArchive(`addition/${name}`, 'not-clean', () => [
    [...debianBase, file('var/lib/dpkg/status', vulnerable), ...many(names, (n) => beside(`p${n}`))],
    ...many(layers, (n) => [beside(`q${n}`)]),
  ]);
}

/**
 * Folders each linked to the next with many detours: a naive walk takes 200^39 steps, and a correct one 8,000 per link.
 */
const windingChain: readonly TarEntry[] = [
  directory('s39'),
  ...many(39, (n) => symlink(`s${n}`, `${`s${n + 1}/../`.repeat(200)}s${n + 1}`)),
];

const winding: readonly Case[] = [
  [
    '60,000 wanted links into it',
    'not-clean',
    () => [
      [
        ...debianBase,
        ...windingChain,
        file('var/lib/dpkg/status', vulnerable),
        ...many(60_000, (n) => symlink(`var/lib/dpkg/status.d/a${n}`, '/s0/s0/s0/s0/s0')),
      ],
    ],
    [0],
  ],
  [
    '20,000 wanted links into it by way of another folder',
    'not-clean',
    () => [
      [
        ...debianBase,
        ...windingChain,
        directory('t'),
        symlink('u', 't'),
        file('var/lib/dpkg/status', vulnerable),
        ...many(20_000, (n) => symlink(`var/lib/dpkg/status.d/a${n}`, '/u/../s0')),
      ],
    ],
    [0],
  ],
];

function rawArchive(name: string, expect: Expectation, build: () => Uint8Array): HostileImage {
  return {
    name,
    expect,
    write(folder) {
      const target = join(folder, 'image.tar');
      writeFileSync(target, build());
      return `docker-archive:${target}`;
    },
  };
}

export function repeatImages(): readonly HostileImage[] {
  const families = { 'repeated layer': repeats, 'winding chain': winding };
  const repeating = Object.entries(families).flatMap(([family, cases]) =>
    cases.map(([name, expect, layers, order]) =>
      rawArchive(`${family}/${name}`, expect, () => repeated(layers(), order)),
    ),
  );
  return [...repeating, ...additions.map(addition)];
}
