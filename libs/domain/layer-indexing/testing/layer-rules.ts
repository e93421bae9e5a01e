import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { enabledDetectors, type Detector, type EffectiveImage } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, openBuiltImage, type TarEntry } from '@clarion/test-kit';
import { indexImage } from '../src/index-image';

export const status = 'var/lib/dpkg/status';
export const installed = 'lib/apk/db/installed';
export const usrInstalled = 'usr/lib/apk/db/installed';

/** A dpkg database with packages given as `name=version`. */
export function dpkg(...packages: readonly string[]): string {
  return packages
    .map((item) => item.split('='))
    .map(([name = '', version = '']) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`)
    .map((stanza) => `${stanza}Architecture: amd64\n\n`)
    .join('');
}

export function apk(...packages: readonly string[]): string {
  return packages
    .map((item) => item.split('='))
    .map(([name = '', version = '']) => `P:${name}\nV:${version}\nA:x86_64\n\n`)
    .join('');
}

export const osRelease = (id: string, version: string): string => `ID=${id}\nVERSION_ID="${version}"\n`;

export interface LayerRule {
  readonly rule: string;
  readonly layers: readonly TarEntry[][];
  /** `path name version @layer`: the number of the layer each belongs to. */
  readonly packages?: readonly string[];
  readonly problems?: readonly string[];
  readonly namespace?: readonly [id: string, path: string, layer: number];
}

/** A test for each rule: the composed image has these packages, problems and namespace. */
export function describeRules(what: string, rules: readonly LayerRule[]): void {
  describe(what, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'layer-rules-'));
    const opening = openEmbeddedStore({ directory: folder });
    const detectors: readonly Detector[] = [...enabledDetectors(featureDetectors), ...namespaceDetectors];
    afterAll(async () => {
      await (await opening).close();
      rmSync(folder, { recursive: true });
    });

    async function scan(layers: readonly TarEntry[][]): Promise<EffectiveImage> {
      const opened = openBuiltImage(buildImage({ layers }));
      for await (const event of indexImage(opened, {
        layers: await opening,
        detectors: localDetectorClient(detectors),
      })) {
        if (event.kind === 'image.assembled') {
          return event.image;
        }
      }
      throw new Error('No image was indexed');
    }

    test.each(rules)('$rule', async ({ layers, packages, problems = [], namespace }) => {
      const image = await scan(layers);
      const number = (digest: string | null): number => image.layers.indexOf(digest ?? '');
      if (packages !== undefined) {
        const found = image.features.map((f) => `${f.path} ${f.name} ${f.version} @${number(f.layer)}`);
        expect(found).toEqual(packages);
      }
      expect(image.problems.map((p) => `${number(p.layer)} ${p.code} ${p.path ?? ''}`)).toEqual(problems);
      if (namespace !== undefined) {
        expect(image.namespaces.map((n) => [n.id, n.path, number(n.layer)])).toEqual([namespace]);
      }
    });
  });
}
