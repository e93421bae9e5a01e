import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import type { Detector, DetectorClient, EffectiveImage, OpenedImage } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, file, hardlink, openBuiltImage, whiteout } from '@clarion/test-kit';
import { indexImage } from './index-image';

async function scan(opened: OpenedImage, detectors: DetectorClient): Promise<EffectiveImage> {
  const directory = mkdtempSync(path.join(tmpdir(), 'repositories-'));
  const store = await openEmbeddedStore({ directory });
  try {
    for await (const event of indexImage(opened, { layers: store, detectors })) {
      if (event.kind === 'image.assembled') return event.image;
    }
    throw new Error('The image was not indexed');
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

describe('evidence of repositories', () => {
  const yumdb = (name: string): string => `var/lib/yum/yumdb/x/${'0123456789'.repeat(4)}-${name}-x86_64/from_repo`;
  const rpm = (name: string, version: string) => ({
    type: 'rpm' as const,
    name,
    version,
    architecture: 'x86_64',
    path: 'var/lib/rpm/Packages',
  });
  const rpms: Detector = {
    id: 'rpms',
    kind: 'feature',
    version: 1,
    title: 'two rpms',
    files: { paths: ['var/lib/rpm/Packages'], maxBytes: 100 },
    detect: (files) => ({ features: files.length === 0 ? [] : [rpm('a', '1:2-3'), rpm('b-c', '4-5')] }),
  };
  const detectors = localDetectorClient([rpms, ...namespaceDetectors]);
  const database = file('var/lib/rpm/Packages', 'x');
  const manifest = file('root/buildinfo/content_manifests/x.json', '{"content_sets":["baseos"]}');

  test('is joined with the packages, by every name of a hard-linked file, epoch or not', async () => {
    const image = await scan(
      openBuiltImage(
        buildImage({ layers: [[database, file(yumdb('a-2-3'), 'core'), hardlink(yumdb('b-c-4-5'), yumdb('a-2-3'))]] }),
      ),
      detectors,
    );
    expect(image.features.map(({ name, repository }) => [name, repository])).toEqual([
      ['a', 'core'],
      ['b-c', 'core'],
    ]);
    expect(image.evidence).toEqual([]);
  });

  test('follows the layers: replaced, removed, and placed in its own', async () => {
    const built = buildImage({
      layers: [
        [database, file(yumdb('a-2-3'), 'core'), file(yumdb('b-c-4-5'), 'core'), manifest],
        [file(yumdb('a-2-3'), 'extras'), whiteout(yumdb('b-c-4-5'))],
      ],
    });
    const image = await scan(openBuiltImage(built), detectors);
    expect(image.features.map(({ repository }) => repository)).toEqual(['extras', undefined]);
    expect(image.evidence).toEqual([
      { kind: 'content-set', value: 'baseos', path: manifest.path, layer: built.layers[0]?.diffId },
    ]);
  });
});
