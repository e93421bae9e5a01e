import { localDetectorClient } from '@clarion/detector-client';
import { ecosystems } from '@clarion/ecosystems';
import { featureDetectors } from '@clarion/feature-detectors';
import { type Detector, type EffectiveImage } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildElf,
  buildImage,
  directory,
  file,
  hardlink,
  openBuiltImage,
  opaque,
  symlink,
  type TarEntry,
  whiteout,
} from '@clarion/test-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { indexImage } from './index-image';
import { elfHeader } from '../testing/elf-header';

test('detectors read what an ecosystem says that they read', () => {
  const read = ecosystems.flatMap(({ readBy = [] }) => readBy);
  for (const { detector, signs } of read) {
    const found = featureDetectors.find(({ id }) => id === detector);
    expect(found?.files.paths).toEqual(expect.arrayContaining([...signs]));
  }
  expect(read.length).toBeGreaterThan(5);
});

const ofDistributions = new Set(['apk', 'dpkg', 'pacman', 'rpm']);

/** A module of Debian, which lists its file, and a lock file elsewhere. */
const ofDistribution: readonly TarEntry[] = [
  file('usr/share/nodejs/a/package.json', '{"name":"a","version":"1.0.0"}'),
  file('var/lib/dpkg/info/node-a.list', '/usr/share/nodejs/a\n/usr/share/nodejs/a/package.json\n'),
  file('var/lib/dpkg/status', 'Package: node-a\nStatus: install ok installed\nVersion: 1.0.0\nArchitecture: all\n'),
  file('srv/yarn.lock'),
];

describe('ecosystems of an image', () => {
  const scan = (...layers: readonly (readonly TarEntry[])[]): Promise<EffectiveImage['ecosystems']> =>
    scanWith([], layers);

  /** The ecosystems where no detectors of languages are on but those with these ids. */
  async function scanWith(
    on: readonly string[],
    layers: readonly (readonly TarEntry[])[],
    others: readonly Detector[] = [],
  ): Promise<EffectiveImage['ecosystems']> {
    const folder = mkdtempSync(path.join(tmpdir(), 'signs-'));
    const store = await openEmbeddedStore({ directory: folder });
    try {
      const own = featureDetectors.filter(({ id }) => ofDistributions.has(id) || on.includes(id));
      const detectors = localDetectorClient([...own, ...others]);
      const built = buildImage({ layers: layers.map((layer) => [...layer]) });
      const found: EffectiveImage['ecosystems'][] = [];
      // The second time, everything comes from the store.
      while (found.length < 2) {
        for await (const event of indexImage(openBuiltImage(built), { layers: store, detectors })) {
          if (event.kind === 'image.assembled') found.push(event.image.ecosystems);
        }
      }
      expect(found[1]).toEqual(found[0]);
      return found[0];
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  }

  const mixed = [
    file('app/node_modules/a/package.json'),
    file('app/yarn.lock'),
    file('srv/site-packages/a-1.dist-info/METADATA'),
    file('srv/site-packages/b-1.egg'),
    file('srv/Pipfile.lock'),
    file('usr/share/x/package-lock.json'),
    file('usr/share/c/conda-meta/c-1-0.json'),
  ];

  test('count no program that a detector recognised, and all others', async () => {
    const nginx = file('usr/local/sbin/nginx', Buffer.concat([elfHeader(), Buffer.from('\0nginx/1.22.1\0')]));
    const tool = file('usr/local/bin/tool', elfHeader());
    expect(await scanWith(['binaries'], [[nginx]])).toBeUndefined();
    expect(await scanWith(['binaries'], [[nginx, tool]])).toMatchObject([
      { id: 'generic', files: 1, example: 'usr/local/bin/tool' },
    ]);
    expect(await scanWith([], [[nginx, tool]])).toMatchObject([{ id: 'generic', files: 2 }]);
  });

  test.each<[on: readonly string[], found: readonly object[]]>([
    [
      [],
      [
        { id: 'conda', files: 1, example: 'usr/share/c/conda-meta/c-1-0.json' },
        { id: 'npm', files: 3, example: 'app/node_modules/a/package.json' },
        { id: 'pypi', files: 3, example: 'srv/site-packages/a-1.dist-info/METADATA' },
      ],
    ],
    [
      ['python'],
      [
        { id: 'npm', files: 3, example: 'app/node_modules/a/package.json' },
        { id: 'pypi', files: 1, example: 'srv/site-packages/b-1.egg' },
      ],
    ],
    [['node', 'python', 'python-archives'], [{ id: 'npm', files: 2, example: 'app/yarn.lock' }]],
  ])('are what no detector reads: with %j', async (on, found) => {
    expect(await scanWith(on, [mixed])).toMatchObject(found);
  });

  const found = file('app/node_modules/a/package.json', '{"name":"a","version":"1.0.0"}');

  test.each<[what: string, on: readonly string[], layers: readonly (readonly TarEntry[])[], files: number]>([
    ['packages were found', ['node'], [[found, file('srv/yarn.lock')]], 0],
    ['packages were found above', ['node'], [[file('srv/yarn.lock')], [found]], 0],
    ['those found are gone', ['node'], [[found, file('srv/yarn.lock')], [whiteout('app')]], 1],
    ['those found are of the distribution', ['node'], [ofDistribution], 1],
    ['packages are not read', [], [[found, file('srv/yarn.lock')]], 2],
  ])('are lock files where no package was found: %s', async (_, on, layers, files) => {
    expect((await scanWith(on, layers))?.find(({ id }) => id === 'npm')?.files ?? 0).toBe(files);
  });

  /** Lists a package of Node in each file of this name. */
  const otherDetector = (name: string): Detector => ({
    ...{ id: 'other', kind: 'feature', version: 1, title: 'Other' },
    files: { paths: [`**/${name}`], maxBytes: 1000 },
    detect: (files) => ({
      features: files.map((one) => ({ type: 'npm', name: 'a', version: '1.0.0', path: one.path })),
      problems: [],
    }),
  });

  test.each<[what: string, on: readonly string[], others: readonly Detector[], unread: true | undefined]>([
    ['are off', [], [], true],
    ['are off, where others read other files', [], [otherDetector('other.json')], true],
    ['are off, where others read these files', [], [otherDetector('package.json')], undefined],
  ])('are unread whatever else was found, where detectors of installed packages %s', async (_, on, others, unread) => {
    const layer = [found, file('app/other.json', '{}')];
    const [npm] = (await scanWith(on, [layer], others)) ?? [];
    expect(npm).toMatchObject({ id: 'npm', files: 1 });
    expect(npm?.installedUnread).toBe(unread);
    expect(npm?.detectorsOff).toEqual(['node']);
  });

  test('have archives of PHP whatever else of PHP was found', async () => {
    const installed = file('app/vendor/composer/installed.json', '[{"name":"a/b","version":"1.0.0"}]');
    const phar = file('opt/composer.phar', '#!/usr/bin/env php\n<?php\n');
    expect(await scanWith(['php-composer'], [[installed, phar]])).toMatchObject([
      { id: 'composer', files: 1, example: 'opt/composer.phar', installedUnread: true },
    ]);
  });

  test('lack one that a detector reads completely', async () => {
    expect(await scanWith(['node'], [[file('app/node_modules/a/package.json')]])).toBeUndefined();
  });

  const modules = ['a', 'b', 'c'].map((name) => file(`app/node_modules/${name}/package.json`));

  test('are named with their number, an example and the lowest layer', async () => {
    const found = await scan([file('x')], modules, [file('srv/a.jar'), hardlink('srv/b.jar', 'srv/a.jar')]);
    expect(found).toMatchObject([
      { id: 'maven', files: 2, example: 'srv/a.jar' },
      { id: 'npm', files: 3, example: 'app/node_modules/a/package.json' },
    ]);
  });

  test.each<[string, readonly TarEntry[], number]>([
    ['one package', [whiteout('app/node_modules/b')], 2],
    ['the directory', [whiteout('app/node_modules')], 0],
    ['what is above it', [whiteout('app')], 0],
    ['the content of the directory', [opaque('app/node_modules')], 0],
    ['what is above it, by a file', [file('app')], 0],
    ['something else', [whiteout('app/node_modules2')], 3],
    [
      'the directory, and a file elsewhere below it is added',
      [opaque('app/node_modules'), file('app/node_modules/d/package.json')],
      1,
    ],
    ['one file by itself', [file('app/node_modules/a/package.json')], 3],
  ])('are gone with %s', async (_, upper, files) => {
    expect((await scan(modules, upper))?.[0]?.files ?? 0).toBe(files);
  });

  const jars = Array.from({ length: 12 }, (_, at) => file(`srv/${String(at).padStart(2, '0')}.jar`));
  const gone = jars.map(({ path }) => whiteout(path));
  test.each<[string, readonly TarEntry[], number]>([
    ['one that was kept', gone.slice(0, 1), 11],
    ['all that were kept', gone.slice(0, 10), 2],
    ['the directory as a whole', [whiteout('srv')], 0],
    ['all that were kept, and the directory', [opaque('srv'), file('srv/00.jar')], 1],
  ])('are more in a directory than were kept: without %s', async (_, upper, files) => {
    expect((await scan(jars, upper))?.[0]?.files ?? 0).toBe(files);
  });

  test('include a hard link to a program whose first name is gone', async () => {
    const layer = [file('tmp/prog', elfHeader()), file('tmp/text', 'x'.repeat(600))];
    const links = [hardlink('srv/prog', 'tmp/prog'), hardlink('srv/again', 'srv/prog'), hardlink('srv/t', 'tmp/text')];
    const found = await scan([...layer, ...links], [whiteout('tmp')]);
    expect(found).toMatchObject([{ id: 'generic', files: 2, example: 'srv/again' }]);
  });

  test('include programs of any size, in plain and in compressed layers and in a tree', async () => {
    const program = file('srv/tool', elfHeader());
    const found = await scan([file('srv/run', '#!/bin/sh\n'.padEnd(600)), program]);
    expect(found).toMatchObject([{ id: 'generic', files: 1, example: 'srv/tool' }]);
  });

  const linked = [file('srv/d/tool', elfHeader()), symlink('srv/d', '/opt')];
  test.each<[string, readonly TarEntry[], readonly string[]]>([
    ['by a script', [file('srv/tool', elfHeader()), file('srv/tool', '#!/bin/sh\n')], []],
    ['by a directory', [file('srv/tool', elfHeader()), directory('srv/tool')], []],
    ['by another program', [file('srv/tool', elfHeader()), file('srv/tool', elfHeader())], ['srv/tool']],
    ['by a hard link to itself', [file('srv/tool', elfHeader()), hardlink('srv/tool', 'srv/tool')], ['srv/tool']],
    ['with its directory, by a file', [file('srv/d/tool', elfHeader()), file('srv/d')], []],
    ['with its directory, by a link', [...linked, file('opt/tool', elfHeader())], ['opt/tool']],
    ['by what comes through a link', [...linked, file('srv/d/tool', elfHeader()), file('opt/tool')], []],
    ['in a directory of the distribution', [file('usr/bin/a.so', elfHeader()), file('usr/bin/a.so', 'text')], []],
    ['as an archive', [file('srv/a.jar'), directory('srv/a.jar')], []],
  ])('lack what the layer itself replaces: %s', async (_, layer, paths) => {
    const found = (await scan(layer)) ?? [];
    expect(found.map(({ files, example }) => [files, example])).toEqual(paths.map((path) => [1, path]));
  });

  test('keep their number where the layer replaces all that were kept of a directory', async () => {
    const replaced = jars.slice(0, 10).map(({ path }) => directory(path));
    expect(await scan([...jars, ...replaced])).toMatchObject([{ id: 'maven', files: 2 }]);
  });

  const crates = deflateSync(JSON.stringify({ packages: [{ name: 'a', version: '1.0.0', source: 'crates.io' }] }));
  const rust = buildElf({ bits: 64, bigEndian: false }, [{ name: '.dep-v0', content: crates.toString('latin1') }]);
  const numbered = Array.from({ length: 12 }, (_, at) => file(`srv/bin/${String(at).padStart(2, '0')}`, rust));

  test.each<[string, on: readonly string[], readonly TarEntry[], files: number]>([
    ['one', ['rust-binary'], [file('srv/tool', rust)], 0],
    ['one, where the detector is off', [], [file('srv/tool', rust)], 1],
    ['more in a directory than are kept', ['rust-binary'], numbered, 0],
    ['all but one', ['rust-binary'], [...numbered, file('srv/bin/other', elfHeader())], 1],
    ['one beside another in a directory of the distribution', ['rust-binary'], [file('usr/bin/a', rust)], 0],
    ['one with a further name', ['rust-binary'], [file('srv/tool', rust), hardlink('srv/x', 'srv/tool')], 0],
  ])('lack programs in which packages were found: %s', async (_, on, layer, files) => {
    const runnable = layer.map((entry): TarEntry => ({ ...entry, mode: 0o755 }));
    expect((await scanWith(on, [runnable]))?.find(({ id }) => id === 'generic')?.files ?? 0).toBe(files);
  });

  test('lack a program in which packages were found by another name, not one that had that name', async () => {
    const runnable = (path: string, content: Buffer): TarEntry => ({ ...file(path, content), mode: 0o755 });
    const on = ['rust-binary'];
    expect(await scanWith(on, [[symlink('srv/d', '../opt')], [runnable('srv/d/tool', rust)]])).toBeUndefined();
    const replaced = [[runnable('srv/tool', elfHeader()), hardlink('srv/x', 'srv/tool')], [runnable('srv/tool', rust)]];
    expect(await scanWith(on, replaced)).toMatchObject([{ files: 1, example: 'srv/x' }]);
  });

  test('do not exist in an image that has only packages of its distribution', async () => {
    const names = ['usr/lib/python3/dist-packages/apt.egg-info', 'usr/share/java/a.jar'];
    const list = file('var/lib/dpkg/info/a.list', names.map((name) => `/${name}\n`).join(''));
    expect(await scan([list, ...names.map((name) => file(name))])).toBeUndefined();
  });

  const program = file('usr/bin/myapp', elfHeader());
  const runnable: TarEntry = { ...program, mode: 0o755 };
  const list = (...paths: readonly string[]): TarEntry =>
    file('var/lib/dpkg/info/a.list', paths.map((one) => `/${one}\n`).join(''));
  const apk = file('lib/apk/db/installed', 'P:a\nV:1\nA:x86_64\nF:usr/bin\nR:myapp\n\n');

  test.each<[string, readonly (readonly TarEntry[])[], readonly string[]]>([
    ['no package owns', [[runnable, list('usr/bin/other')]], ['usr/bin/myapp']],
    ['there is no database about', [[runnable]], ['usr/bin/myapp']],
    ['a package owns', [[runnable, list('usr/bin/myapp')]], []],
    ['a package owns by the older name', [[runnable, list('bin/myapp')]], []],
    ['a package owned that is gone', [[runnable, list('usr/bin/myapp')], [whiteout('var/lib/dpkg/info')]], []],
    ['an upper layer changed', [[runnable, list('usr/bin/myapp')], [{ ...runnable, mode: 0o700 }]], []],
    ['a database of an upper layer lists', [[runnable], [apk]], []],
    ['a package database of an upper layer lacks', [[runnable], [list('usr/bin/other')]], ['usr/bin/myapp']],
    ['are deleted above', [[runnable], [whiteout('usr/bin/myapp')]], []],
    ['are called like a library', [[file('usr/lib/x/libx.so.1', elfHeader())]], ['usr/lib/x/libx.so.1']],
    ['are elsewhere, whatever package owns them', [[file('opt/a/a.jar'), list('opt/a/a.jar')]], ['opt/a/a.jar']],
    [
      'are of several ecosystems',
      [
        [
          file('usr/src/app/yarn.lock'),
          file('usr/share/a/a.jar'),
          file('usr/share/b/b.jar'),
          list('usr/share/b/b.jar'),
        ],
      ],
      ['usr/share/a/a.jar', 'usr/src/app/yarn.lock'],
    ],
    [
      'a database does not list',
      [[file('var/lib/dpkg/status.d/a', 'Package: a\nVersion: 1\n')], [runnable, file('usr/src/app/a.jar')]],
      ['usr/src/app/a.jar'],
    ],
  ])('are those in directories of the distribution that %s', async (_, layers, examples) => {
    expect(((await scan(...layers)) ?? []).map(({ example }) => example)).toEqual(examples);
  });

  test('count when there are more than can be checked, as far as packages of the layer do not own them', async () => {
    const names = Array.from({ length: 10_200 }, (_, number) => `usr/lib/app/${number}.jar`);
    const owned = list(...names.slice(0, 100));
    const [found] = (await scan([...names.map((name) => file(name)), owned])) ?? [];
    expect(found).toMatchObject({ id: 'maven', files: 10_100 });
    // For those beyond the limit, ownership by a package of another layer is unknown.
    const [surplus] =
      (await scan(
        [list(...names)],
        names.map((name) => file(name)),
      )) ?? [];
    expect(surplus).toMatchObject({ id: 'maven', files: 200 });
  });
});
