import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { openImage } from '@clarion/layer-sources';
import { enabledDetectors, type EffectiveImage } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { sharedMaterial } from '@clarion/test-kit';
import { indexImage } from './index-image';

const images = sharedMaterial('conformance', 'packagedb', 'images');
const suite = images === undefined ? describe.skip : describe;

suite(`real images${images === undefined ? ' (the shared test material is missing)' : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'real-images-'));
  const opening = openEmbeddedStore({ directory: folder });
  const detectors = localDetectorClient([...enabledDetectors(featureDetectors), ...namespaceDetectors]);
  afterAll(async () => {
    await (await opening).close();
    rmSync(folder, { recursive: true });
  });

  async function scan(name: string): Promise<{ image: EffectiveImage; read: number }> {
    const opened = await openImage(path.join(images ?? '', name));
    let read = 0;
    try {
      for await (const event of indexImage(opened, { layers: await opening, detectors })) {
        if (event.kind === 'layer.done' && event.read) {
          read += 1;
        }
        if (event.kind === 'image.assembled') {
          return { image: event.image, read };
        }
      }
    } finally {
      await opened.close();
    }
    throw new Error('No image was indexed');
  }

  test.each([
    ['alpine-3.10.tar.gz', 'alpine:v3.10'],
    ['alpine-3.11.tar.gz', 'alpine:v3.11'],
    ['alpine-containerd-oci.tar', 'alpine:v3.14'],
  ])('%s: exactly the expected packages, and a second scan opens no layer', async (name, namespace) => {
    const expected = JSON.parse(readFileSync(path.join(images ?? '', `${name}.expected.json`), 'utf8')) as {
      name: string;
      version: string;
    }[];
    const { image, read } = await scan(name);
    expect(read).toBe(1);
    const list = (packages: readonly { name: string; version: string }[]): string[] =>
      packages.map((p) => `${p.name} ${p.version}`).sort();
    expect(list(image.features)).toEqual(list(expected));
    expect(image.namespaces.map(({ id }) => id)).toEqual([namespace]);
    expect(new Set(image.features.map((f) => f.namespace))).toEqual(new Set([namespace]));
    expect(image.problems).toEqual([]);
    expect(image.ecosystems).toBeUndefined();
    expect(await scan(name)).toEqual({ image, read: 0 });
  });

  // Counted in the unpacked archives: stanzas for dpkg, another rpm reader (without the two keys) for CentOS.
  test.each([
    // BusyBox itself; the other programs have no owner.
    ['busybox-attestation-oci.tar', [], 1, ['generic']],
    ['distroless-base.tar.gz', ['debian:11'], 6, []],
    ['debian-trimmed.tar.gz', ['debian:9'], 2, []],
    ['centos-trimmed.tar.gz', ['centos:7'], 99, []],
  ])('%s: contents of its files', async (name, namespaces, count, ecosystems) => {
    const { image } = await scan(name);
    expect(image.namespaces.map(({ id }) => id)).toEqual(namespaces);
    expect(image.features).toHaveLength(count);
    expect((image.ecosystems ?? []).map(({ id }) => id)).toEqual(ecosystems);
    expect(image.problems).toEqual([]);
  });
});
