import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import type { Detector, EffectiveImage } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildImage,
  buildTar,
  directory,
  file,
  hardlink,
  openBuiltImage,
  symlink,
  type TarEntry,
  whiteout,
} from '@clarion/test-kit';
import fc from 'fast-check';
import { indexImage } from './index-image';

const status = 'var/lib/dpkg/status';
const installed = 'lib/apk/db/installed';
const detectors: readonly Detector[] = [...namespaceDetectors, ...featureDetectors].filter(({ id }) =>
  ['dpkg', 'apk', 'os-release'].includes(id),
);

/** A dpkg database of one package of this name. */
const database = (name: string): string => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n\n`;
const full = database('full');
const clean = database('clean');

interface Found {
  readonly packages: readonly string[];
  readonly problems: readonly string[];
  readonly image: EffectiveImage;
}

describe('a hard link', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-hard-links-'));
  const opening = openEmbeddedStore({ directory: path.join(folder, 'store') });
  afterAll(async () => {
    await (await opening).close();
    rmSync(folder, { recursive: true });
  });

  async function scan(layers: readonly (readonly TarEntry[])[]): Promise<Found> {
    const deps = { layers: await opening, detectors: localDetectorClient(detectors) };
    let image: EffectiveImage | undefined;
    for await (const event of indexImage(openBuiltImage(buildImage({ layers })), deps)) {
      if (event.kind === 'image.assembled') image = event.image;
    }
    return {
      packages: image!.features.map(({ name }) => name).sort(),
      problems: image!.problems.map((problem) => `${problem.code} ${problem.path ?? ''}`),
      image: image!,
    };
  }

  const unresolved = [`unresolved-link ${status}`];
  it.each<[rule: string, layers: readonly (readonly TarEntry[])[], packages: readonly string[], problems?: string[]]>([
    ['keeps what its target was', [[file('opt/x', full), hardlink(status, 'opt/x'), file('opt/x', clean)]], ['full']],
    [
      'keeps what its target was, at a name that matches a filter anyway',
      [[file('opt/status', full), hardlink(status, 'opt/status'), file('opt/status', clean)]],
      ['full'],
    ],
    [
      'keeps what its target was when that is emptied',
      [[file(status, clean)], [file('z', full), hardlink(status, 'z'), file('z', '')]],
      ['full'],
    ],
    [
      'keeps what its target was before it became another hard link',
      [[file('opt/c', clean), file('opt/x', full), hardlink(status, 'opt/x'), hardlink('opt/x', 'opt/c')]],
      ['full'],
    ],
    [
      'keeps what its target was before it became a symbolic link',
      [[file('opt/c', clean), file('opt/x', full), hardlink(status, 'opt/x'), symlink('opt/x', 'c')]],
      ['full'],
    ],
    [
      'keeps what its target was before it became a directory',
      [[file('opt/x', full), hardlink(status, 'opt/x'), directory('opt/x')]],
      ['full'],
    ],
    [
      'keeps what its target was before its directory became a file',
      [[file('opt/x', full), hardlink(status, 'opt/x'), file('opt', '')]],
      ['full'],
    ],
    [
      'keeps what its target was in an upper layer',
      [[file(status, clean)], [file('z', full), hardlink(status, 'z'), file('z', clean)]],
      ['full'],
    ],
    [
      'keeps what its target was before the next layer',
      [[file('opt/x', full), hardlink(status, 'opt/x')], [file('opt/x', clean)]],
      ['full'],
    ],
    [
      'names what came before it, not what its target was at first',
      [[file('opt/x', clean), file('opt/x', full), hardlink(status, 'opt/x')]],
      ['full'],
    ],
    [
      'of a chain keeps the file at its end',
      [
        [
          ...[file('a', full), hardlink('b', 'a'), hardlink('c', 'b'), hardlink(status, 'c')],
          ...[file('b', clean), file('c', clean), file('a', clean)],
        ],
      ],
      ['full'],
    ],
    [
      'that is replaced by another one is that',
      [[file('a', clean), file('b', full), hardlink(status, 'a'), hardlink(status, 'b'), file('b', clean)]],
      ['full'],
    ],
    [
      'is reached through a symbolic link that led there first',
      [[symlink('d', 'opt'), file('opt/x', full), hardlink(status, 'd/x'), file('opt/x', clean)]],
      ['full'],
    ],
    [
      'is written through a symbolic link that is replaced later',
      [[symlink('d', 'var/lib/dpkg'), file('x', full), hardlink('d/status', 'x'), directory('d'), file('x', clean)]],
      ['full'],
    ],
    [
      'to a symbolic link is one, wherever that leads later',
      [[symlink('opt/l', '/opt/status'), hardlink(status, 'opt/l'), file('opt/l', clean), file('opt/status', full)]],
      ['full'],
    ],
    [
      'to a symbolic link of a directory is one under any name',
      [[file('opt/status', full), symlink('x', '/opt'), hardlink('var/lib/dpkg', 'x'), file('x', clean)]],
      ['full'],
    ],
    ['to itself changes nothing', [[file(status, full), hardlink(status, status)]], ['full']],
    ['into a lower layer is what that has', [[file('opt/status', full)], [hardlink(status, 'opt/status')]], ['full']],
    [
      'into a lower layer stays when that name is gone above',
      [[file('opt/status', full)], [hardlink(status, 'opt/status')], [whiteout('opt/status')]],
      ['full'],
    ],
    [
      'into a lower layer, through a link there, is what that has',
      [[file('opt/status', full), symlink('d', 'opt')], [hardlink(status, 'd/status')]],
      ['full'],
    ],
    [
      'into a lower layer to a name that matches no filter is not known',
      [[file('opt/x', full)], [file(status, clean), hardlink(status, 'opt/x')]],
      [],
      unresolved,
    ],
    [
      'and another entry of its layer that come to one name, through a link of a lower layer, are not known',
      [
        [symlink('d', 'var/lib/dpkg'), file('opt/status', full)],
        [hardlink(status, 'opt/status'), file('d/status', clean)],
      ],
      [],
      unresolved,
    ],
    [
      'to a file that its layer writes under two names, through a link of a lower layer, is not known',
      [[symlink('v', 'opt')], [file('opt/status', clean), file('v/status', full), hardlink(status, 'opt/status')]],
      [],
      unresolved,
    ],
    ['to a name that comes later is not known', [[hardlink(status, 'opt/x'), file('opt/x', full)]], [], unresolved],
    [
      'to a name of a lower layer that its own layer changes too is not known',
      [[file('opt/status', clean)], [hardlink(status, 'opt/status'), file('opt/status', full)]],
      [],
      unresolved,
    ],
    [
      'to a name of a lower layer that its own layer removes before is not known',
      [[file('opt/status', clean)], [whiteout('opt/status'), hardlink(status, 'opt/status')]],
      [],
      unresolved,
    ],
    [
      'to a name of a lower layer that its own layer removes after is not known',
      [[file('opt/status', clean)], [hardlink(status, 'opt/status'), whiteout('opt/status')]],
      [],
      unresolved,
    ],
    [
      'to a name that a link of a lower layer makes one of its own layer is not known',
      [
        [symlink('d', 'opt'), file('opt/status', clean)],
        [file('opt/status', full), hardlink(status, 'd/status')],
      ],
      [],
      unresolved,
    ],
    [
      'through a link out of a directory is not known',
      [[symlink('p/d', '../opt'), file('opt/x', full), hardlink(status, 'p/d/x'), file('opt/x', clean)]],
      [],
      unresolved,
    ],
    [
      'behind more links than are followed is not known',
      [
        [file('h9', clean), hardlink(status, 'h9')],
        [
          file('h0', full),
          ...Array.from({ length: 9 }, (_, n) => hardlink(`h${n + 1}`, `h${n}`)),
          hardlink(status, 'h9'),
        ],
      ],
      [],
      unresolved,
    ],
  ])('%s', async (_, layers, packages, problems = []) => {
    const found = await scan(layers);
    expect([found.packages, found.problems]).toEqual([packages, problems]);
  });

  it('keeps its original target, for a release and for another database', async () => {
    const release = (id: string): string => `ID=${id}\nVERSION_ID=3.20\n`;
    const { image, packages } = await scan([
      [
        ...[file('z', release('alpine')), hardlink('etc/os-release', 'z'), file('z', release('debian'))],
        ...[file('y', 'P:full\nV:1-r0\n\n'), hardlink(installed, 'y'), file('y', 'P:clean\nV:1-r0\n\n')],
      ],
    ]);
    expect([image.namespaces.map(({ id }) => id), packages]).toEqual([['alpine:v3.20'], ['full']]);
  });

  /** What GNU tar extracts from the layers: whether it accepted each completely, and the final database. */
  function extract(layers: readonly (readonly TarEntry[])[]): { readonly clean: boolean; readonly packages: string[] } {
    const root = mkdtempSync(path.join(folder, 'tree-'));
    try {
      mkdirSync(root, { recursive: true });
      const codes = layers.map((entries) => {
        return spawnSync('tar', ['-C', root, '--no-same-owner', '-xf', '-'], { input: buildTar(entries) }).status;
      });
      const packages = [...readStatus(root).matchAll(/^Package: (.*)$/gm)].map(([, name = '']) => name).sort();
      return { clean: codes.every((code) => code === 0), packages };
    } finally {
      rmSync(root, { recursive: true });
    }
  }

  function readStatus(root: string): string {
    try {
      return readFileSync(path.join(root, status), 'utf8');
    } catch {
      return '';
    }
  }

  const hasTar = String(spawnSync('tar', ['--version']).stdout).includes('GNU tar');
  const runs = Number(process.env['CLARION_PROPERTY_RUNS'] ?? 200);
  // Directories that links may reach, and those on the way to the database.
  const names = ['a', 'b', 'p/a', 'p/status', 'q/status', 'var/lib/dpkg/b', status];
  const name = fc.constantFrom(...names, 'd/a', 'd/status');
  const entry: fc.Arbitrary<TarEntry> = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(name, fc.nat(9)).map(([at, n]) => file(at, database(`p${n}`))) },
    { weight: 6, arbitrary: fc.tuple(name, name).map(([at, target]) => hardlink(at, target)) },
    { weight: 4, arbitrary: name.map((target) => hardlink(status, target)) },
    { weight: 1, arbitrary: fc.constantFrom('a', 'b').map((at) => symlink(at, status)) },
    { weight: 1, arbitrary: fc.constantFrom('e', 'p').map((at) => directory(at)) },
  );
  // Most targets exist, so that tar does not reject most archives.
  const start = fc.constantFrom('p', 'q', 'var/lib/dpkg').map((target) => {
    return [...names.map((at) => file(at, database(`first-${at.replaceAll('/', '-')}`))), symlink('d', target)];
  });
  const more = fc.array(entry, { minLength: 1, maxLength: 8 });
  const stacks = fc.oneof(
    fc.tuple(start, more).map(([first, rest]) => [[...first, ...rest]]),
    fc.tuple(start, more, more).map(([first, rest, upper]) => [[...first, ...rest], upper]),
  );

  (hasTar ? it : it.skip)(
    `is what GNU tar makes of it, or a problem (${runs} random archives)${hasTar ? '' : ': GNU tar is not installed'}`,
    async () => {
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(stacks, async (layers) => {
          const { clean: whole, packages } = extract(layers);
          const found = await scan(layers);
          // Where tar rejects an entry it continues without it, while container runtimes reject the layer.
          if (!whole || found.problems.length > 0) return;
          expect(found.packages).toEqual(packages);
          if (packages.length > 0 && layers.flat().some(({ type }) => type === 'hardlink')) compared += 1;
        }),
        { numRuns: runs },
      );
      // A generator that creates nothing to compare would prove nothing.
      expect(compared).toBeGreaterThan(runs / 5);
    },
    300_000,
  );
});
