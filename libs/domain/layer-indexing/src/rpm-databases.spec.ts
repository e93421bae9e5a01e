import { enabledDetectors } from '@clarion/model';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, file, openBuiltImage, type TarEntry } from '@clarion/test-kit';
import { indexImage } from './index-image';

const testdata = path.join(__dirname, '../../../plugins/feature-detectors/src/rpm/testdata');

function database(folder: string, name: string): TarEntry {
  return file(`var/lib/rpm/${name}`, readFileSync(path.join(testdata, folder, 'var/lib/rpm', name)));
}

describe('rpm databases of several backends in one directory', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rpm-databases-'));
  const opening = openEmbeddedStore({ directory: folder });
  afterAll(async () => {
    await (await opening).close();
    rmSync(folder, { recursive: true });
  });

  const six = database('bdb-little-endian', 'Packages');
  /** Two of the six. */
  const two = database('sqlite-log-left-out', 'rpmdb.sqlite');
  const ofBoth = [
    'Packages __proto__ @0',
    'Packages libexample @0',
    'Packages many-files @0',
    'Packages nodejs @0',
    'rpmdb.sqlite tzdata @0',
    'rpmdb.sqlite zero-epoch @0',
  ];

  test.each<[what: string, layers: readonly TarEntry[][], packages: readonly string[], problems: readonly string[]]>([
    ['what both list is one package; what one lacks is reported', [[six, two]], ofBoth, ['stale-database Packages']],
    ['a newer one hides nothing of an older one below it', [[six], [two]], ofBoth, []],
    [
      'nor of one that agreed with the one that it replaces',
      [[six, database('stale-databases', 'rpmdb.sqlite')], [two]],
      ofBoth,
      [],
    ],
  ])('%s', async (_, layers, packages, problems) => {
    const opened = openBuiltImage(buildImage({ layers }));
    const found: string[][] = [];
    const detectors = localDetectorClient(enabledDetectors(featureDetectors));
    for await (const event of indexImage(opened, { layers: await opening, detectors })) {
      if (event.kind !== 'image.assembled') continue;
      const { features, problems: reported, layers: digests } = event.image;
      const layerOf = (digest: string | null): number => digests.indexOf(digest ?? '');
      found.push(features.map((one) => `${path.basename(one.path)} ${one.name} @${layerOf(one.layer)}`));
      found.push(reported.map(({ code, path: file = '' }) => `${code} ${path.basename(file)}`));
    }
    expect(found).toEqual([packages, problems]);
  });
});
