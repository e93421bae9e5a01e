import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { featureDetectors } from '@clarion/feature-detectors';
import { enabledDetectors, type Feature, type LayerIndex } from '@clarion/model';
import { assembleImage } from './assemble-image';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap after garbage collection. */
function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const count = 40_000;

/** A layer with one file for each package, as in distroless images. */
function layerOfFiles(): LayerIndex {
  const files = Array.from({ length: count }, (_, n) => `var/lib/dpkg/status.d/p${n}`);
  const features = files.map((path, n): Feature => {
    const name = `p${n}`;
    return { type: 'dpkg', name, version: '1', source: { name, version: '1' }, architecture: 'amd64', path };
  });
  const none = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], obstacles: [], directories: [] };
  const detection = { detector: 'dpkg', version: 1, files, features, namespaces: [], problems: [] };
  const structure = { ...none, files };
  return { diffId: 'sha256:a', blobs: [], size: 0, entries: count, structure, detections: [detection], problems: [] };
}

it('adds little more to a package than its own data', () => {
  const platform = { os: 'linux', architecture: 'amd64' };
  const layers = [layerOfFiles()];
  const before = heapBytes();
  const assembled = assembleImage(
    { reference: 'a', platform, layers: [{}] },
    layers,
    enabledDetectors(featureDetectors),
  );
  const bytes = (heapBytes() - before) / count;
  expect(assembled.features).toHaveLength(count);
  // An object with its own shape takes three times as much.
  expect(bytes).toBeLessThan(200);
});
