import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import type { EffectiveImage, LayerEntry } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, file, hardlink, openBuiltImage, opaque, type TarEntry, whiteout } from '@clarion/test-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ecosystemOf, SignCollector } from './ecosystem-signs';
import { ecosystems } from './ecosystem-table';
import { indexImage } from './index-image';

const entry = (name: string, more: Partial<LayerEntry> = {}): LayerEntry => ({
  path: name,
  type: 'file',
  size: 100,
  mode: 0o644,
  link: '',
  nullDevice: false,
  ...more,
});

const program = { size: 5_000_000, mode: 0o755 };

describe('an entry is a sign of', () => {
  test.each<[string, string, Partial<LayerEntry>?]>([
    ['npm', 'app/node_modules/express/package.json'],
    ['npm', 'node_modules/@types/node/package.json'],
    ['npm', 'usr/local/lib/node_modules/npm/package.json'],
    ['npm', 'usr/lib/node_modules/express/package.json'],
    ['npm', 'srv/yarn.lock'],
    ['pypi', 'usr/local/lib/python3.12/site-packages/flask-3.0.0.dist-info/METADATA'],
    ['pypi', 'opt/venv/lib/python3.12/site-packages/old.egg-info/PKG-INFO'],
    ['pypi', 'usr/lib/python3.12/site-packages/flask-3.0.0.dist-info/REQUESTED'],
    ['gem', 'var/lib/gems/3.1.0/specifications/rack-3.0.gemspec'],
    ['composer', 'var/www/vendor/composer/installed.json'],
    ['maven', 'app/lib/log4j-core-2.14.1.jar', { type: 'hardlink' }],
    ['maven', 'opt/tomcat/webapps/app.war'],
    ['nuget', 'app/Api.deps.json'],
    ['golang', 'src/go.mod'],
    ['cargo', 'src/Cargo.lock'],
    ['conda', 'opt/conda/conda-meta/numpy-1.26.0.json'],
    ['pub', 'app/pubspec.lock'],
    ['swift', 'app/Package.resolved'],
    ['hackage', 'app/stack.yaml.lock'],
    ['generic', 'manager', program],
    ['generic', 'usr/local/bin/terraform', program],
  ])('%s: %s', (id, name, more = {}) => {
    expect(ecosystemOf(entry(name, more))).toBe(id);
  });

  test.each<[string, Partial<LayerEntry>?]>([
    ['usr/lib/python3/dist-packages/apt-2.6.1.egg-info'],
    ['usr/lib/python3.9/site-packages/dnf-4.14.0.dist-info/METADATA'],
    ['usr/share/nodejs/express/package.json'],
    ['usr/lib/node_modules/npm/package.json'],
    ['usr/share/java/log4j.jar'],
    ['usr/lib/jvm/java-17/lib/jrt-fs.jar'],
    ['opt/java/openjdk/lib/jrt-fs.jar'],
    ['usr/bin/perl5.36', program],
    ['bin/busybox', program],
    ['lib/apk/db/installed'],
    ['opt/lib/libbig.so.1.2', program],
    ['app/node_modules/sharp/build/sharp', program],
    ['usr/local/bin/small', { mode: 0o755 }],
    ['srv/data.bin', { size: 5_000_000 }],
    ['app/package.json'],
    ['app/node_modules/express', { type: 'directory' }],
    ['app/node_modules/link/package.json', { type: 'symlink' }],
  ])('nothing: %s', (name, more = {}) => {
    expect(ecosystemOf(entry(name, more))).toBeUndefined();
  });

  test('each line of the table is found', () => {
    for (const { id, paths } of ecosystems) {
      for (const glob of paths) {
        const name = glob.replace('**/', 'srv/').replaceAll('@*', '@scope').replaceAll('*', 'name');
        expect([name, ecosystemOf(entry(name))]).toEqual([name, id]);
      }
    }
  });
});

describe('signs of a layer', () => {
  test('are few, whatever the layer holds', () => {
    const collector = new SignCollector();
    for (let number = 0; number < 20_000; number += 1) collector.add(entry(`srv/${number}/lib/a.jar`));
    for (let number = 0; number < 20_000; number += 1) collector.add(entry(`app/node_modules/m${number}/package.json`));
    const signs = collector.signs();
    expect(signs.reduce((sum, { files }) => sum + files, 0)).toBe(40_000);
    expect(signs.flatMap(({ paths }) => paths).length).toBeLessThan(100);
    expect(signs.filter(({ scattered }) => scattered === true)).toHaveLength(1);
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

  test('are none in an image that has only packages of its distribution', async () => {
    const names = ['usr/lib/python3/dist-packages/apt.egg-info', 'usr/share/java/a.jar', 'var/lib/dpkg/status'];
    expect(await scan(names.map((name) => file(name)))).toBeUndefined();
  });
});
