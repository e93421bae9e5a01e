import { featureDetectors } from '@clarion/feature-detectors';
import type { LayerIndex } from '@clarion/model';
import { measuredAssembly } from './assemble-image';

const node = featureDetectors.filter(({ id }) => id === 'node');
const platform = { os: 'linux', architecture: 'amd64' };
const structure: LayerIndex['structure'] = {
  ...{ whiteouts: [], opaques: [], symlinks: [], hardlinks: [] },
  ...{ files: [], obstacles: [], directories: [] },
};

function layer(number: number, names: readonly string[]): LayerIndex {
  const files = names.map((name) => `srv/${number}/node_modules/${name}/package.json`);
  const features = files.map((path) => ({ type: 'npm', name: path.split('/')[3] ?? '', version: '1.0.0', path }));
  const diffId = `sha256:${String(number).padStart(64, '0')}`;
  const detection = { detector: 'node', version: 1, files, features, namespaces: [], problems: [] };
  const sizes = { size: 1, entries: files.length };
  return { diffId, blobs: [], ...sizes, structure: { ...structure, files }, detections: [detection], problems: [] };
}

function stepsOf(layers: readonly LayerIndex[]): { readonly steps: number; readonly packages: number } {
  const { effective, steps } = measuredAssembly({ reference: 'a', platform, layers: [{}] }, layers, {
    detectors: node,
  });
  expect(effective.problems).toEqual([]);
  return { steps, packages: effective.features.length };
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, number) => `m${number}`);
const small = Array.from({ length: 40 }, (_, number) => layer(number + 1, ['a']));

test('fifty thousand packages below forty layers cost what they cost alone: a layer costs what it changes', () => {
  const alone = stepsOf([layer(0, names(50_000))]);
  const below = stepsOf([layer(0, names(50_000)), ...small]);
  expect([alone.packages, below.packages]).toEqual([50_000, 50_040]);
  expect(below.steps - alone.steps).toBeLessThan(40 * 500);
});
