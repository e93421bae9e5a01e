import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import type { EcosystemSign, EffectiveImage, LayerEntry } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, file, hardlink, openBuiltImage, opaque, type TarEntry, whiteout } from '@clarion/test-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignCollector } from './ecosystem-signs';
import { indexImage } from './index-image';
import { elfHeader } from './testing/elf-header';
import { layerEntry } from './testing/layer-entry';

describe('signs of a layer', () => {
  test('are few, whatever the layer holds', () => {
    const collector = new SignCollector(() => true);
    for (let number = 0; number < 20_000; number += 1) collector.add(layerEntry(`srv/${number}/lib/a.jar`));
    for (let number = 0; number < 20_000; number += 1)
      collector.add(layerEntry(`app/node_modules/m${number}/package.json`));
    const signs = collector.signs();
    expect(signs.reduce((sum, { files }) => sum + files, 0)).toBe(40_000);
    expect(signs.flatMap(({ paths }) => paths).length).toBeLessThan(100);
    expect(signs.filter(({ scattered }) => scattered === true)).toHaveLength(1);
  });
});

describe('a program', () => {
  const elf = elfHeader();
  const heads = (...ones: readonly [LayerEntry, Uint8Array][]): readonly EcosystemSign[] => {
    const collector = new SignCollector(() => true);
    for (const [one, bytes] of ones) if (collector.add(one) === 'head') collector.head(one, bytes);
    return collector.signs();
  };

  test.each(['manager', 'usr/local/bin/tool', 'opt/lib/libshop.so', 'srv/x.dll'])(
    'is told by its bytes: %s',
    (name) => {
      expect(heads([layerEntry(name), elf])).toMatchObject([{ ecosystem: 'generic', files: 1, paths: [name] }]);
    },
  );

  test.each(['usr/bin/perl5.36', 'bin/busybox', 'app/node_modules/sharp/sharp.node', 'srv/gems/x/ext.so'])(
    'of others: %s',
    (name) => {
      expect(heads([layerEntry(name), elf])).toEqual([]);
    },
  );

  test('is no script, whatever its size and mode', () => {
    const script = Buffer.from('#!/bin/sh\n'.padEnd(512));
    expect(heads([layerEntry('usr/local/bin/x', { size: 5_000_000, mode: 0o755 }), script])).toEqual([]);
  });

  test('is told by size and mode where its bytes cannot be had, and is no jar', () => {
    const collector = new SignCollector(() => true);
    const large = { size: 5_000_000, mode: 0o755 };
    collector.unread(layerEntry('srv/large', large));
    collector.unread(layerEntry('srv/large.jar', large));
    collector.unread(layerEntry('usr/bin/large', large));
    collector.unread(layerEntry('srv/small', { mode: 0o755 }));
    collector.unread(layerEntry('srv/data', { ...large, mode: 0o644 }));
    expect(collector.signs()).toMatchObject([{ ecosystem: 'generic', paths: ['srv/large'] }]);
  });

  test('of which a detector reads all is one as well', () => {
    const collector = new SignCollector(() => true);
    collector.head(layerEntry('srv/large'), Buffer.concat([elf, Buffer.alloc(10_000)]));
    collector.head(layerEntry('srv/large.jar'), elf);
    collector.head(layerEntry('usr/bin/x'), elf);
    expect(collector.signs()).toMatchObject([{ ecosystem: 'generic', paths: ['srv/large'] }]);
  });
});

describe('ecosystems of an image', () => {
  async function scan(...layers: readonly (readonly TarEntry[])[]): Promise<EffectiveImage['ecosystems']> {
    const folder = mkdtempSync(path.join(tmpdir(), 'signs-'));
    const store = await openEmbeddedStore({ directory: folder });
    try {
      const detectors = localDetectorClient(featureDetectors);
      const built = buildImage({ layers: layers.map((layer) => [...layer]) });
      const found: EffectiveImage['ecosystems'][] = [];
      // The second time all of it comes out of the store.
      while (found.length < 2) {
        for await (const event of indexImage(openBuiltImage(built), { layers: store, detectors })) {
          if (event.kind === 'image.indexed') found.push(event.image.ecosystems);
        }
      }
      expect(found[1]).toEqual(found[0]);
      return found[0];
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  }

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
    ['the place', [whiteout('app/node_modules')], 0],
    ['what is above it', [whiteout('app')], 0],
    ['the content of the place', [opaque('app/node_modules')], 0],
    ['what is above it, by a file', [file('app')], 0],
    ['something else', [whiteout('app/node_modules2')], 3],
    ['the place, which another takes', [opaque('app/node_modules'), file('app/node_modules/d/package.json')], 1],
    ['one file by itself', [file('app/node_modules/a/package.json')], 3],
  ])('are gone with %s', async (_, upper, files) => {
    expect((await scan(modules, upper))?.[0]?.files ?? 0).toBe(files);
  });

  test('include programs of any size, in plain and in compressed layers and in a tree', async () => {
    const program = file('srv/tool', elfHeader());
    const found = await scan([file('srv/run', '#!/bin/sh\n'.padEnd(600)), program]);
    expect(found).toMatchObject([{ id: 'generic', files: 1, example: 'srv/tool' }]);
  });

  test('are none in an image that has only packages of its distribution', async () => {
    const names = ['usr/lib/python3/dist-packages/apt.egg-info', 'usr/share/java/a.jar', 'var/lib/dpkg/status'];
    expect(await scan(names.map((name) => file(name)))).toBeUndefined();
  });
});
