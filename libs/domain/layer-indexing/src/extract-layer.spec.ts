import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { ClarionError } from '@clarion/model';
import { buildImage, file, openBuiltImage, symlink } from '@clarion/test-kit';
import { extractLayer } from './extract-layer';
import { stanza, useIndexing } from '../testing/use-indexing';

const status = 'var/lib/dpkg/status';
const dpkg = featureDetectors.filter(({ id }) => id === 'dpkg');
const dpkgAndApk = featureDetectors.filter(({ id }) => id === 'dpkg' || id === 'apk');
const { store, deps, scan } = useIndexing(dpkgAndApk);

describe('extractLayer', () => {
  test('reads a layer once for all detectors, twice only for a link to a file that matches no filter', async () => {
    const image = buildImage({
      layers: [[file(status, stanza('a'))], [file('srv/data', stanza('b')), symlink(status, '/srv/data')]],
    });
    const opened = openBuiltImage(image);
    for (const [number, descriptor] of opened.image.layers.entries()) {
      const work = { descriptor, label: `layer ${number}`, open: () => opened.layer(number) };
      const { layer, read } = await extractLayer(work, deps());
      expect([layer.diffId, read]).toEqual([image.layers[number]!.diffId, true]);
      expect(layer.detections.find(({ detector }) => detector === 'dpkg')).toMatchObject({
        files: [status],
        features: [{ name: number === 0 ? 'a' : 'b' }],
      });
    }
    expect(opened.opened).toEqual([0, 1, 1]);
  });

  test('a linked file that is too large is a problem, and its size decides which detector', async () => {
    const [detector] = dpkg;
    const choosy = { ...detector!, files: { ...detector!.files, maxBytes: 10 } };
    const layer = [file('srv/data', stanza('b')), symlink(status, '/srv/data')];
    const image = await scan(openBuiltImage(buildImage({ layers: [layer] })), {
      detectors: localDetectorClient([choosy]),
    });
    expect(image.features).toEqual([]);
    expect(image.problems).toMatchObject([{ code: 'limit-reached', path: status }]);
    expect(image.problems[0]?.message).toMatch(/^srv\/data was not read: it has \d+ bytes/);
  });

  test('a detector that does not answer is a problem, and one that cannot be reached is an error', async () => {
    const image = buildImage({ layers: [[file(status, stanza('a'))]] });
    const local = localDetectorClient(dpkg);
    const silent = await scan(openBuiltImage(image), { detectors: { ...local, detect: () => Promise.resolve([]) } });
    expect(silent.problems).toMatchObject([{ code: 'unreadable-database' }]);
    const other = buildImage({ layers: [[file(status, stanza('b'))]] });
    const gone = { ...local, detect: () => Promise.reject(new ClarionError('upstream-unavailable', 'No detectors')) };
    await expect(scan(openBuiltImage(other), { detectors: gone })).rejects.toMatchObject({
      code: 'upstream-unavailable',
    });
    expect(await store().layer(other.layers[0]!.diffId, [])).toBeUndefined();
  });
});
