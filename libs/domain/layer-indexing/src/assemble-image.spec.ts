import {
  textLength,
  workLimits,
  type LayerDetection,
  type Feature,
  type Image,
  type LayerIndex,
  type LayerStructure,
  type PackageType,
} from '@clarion/model';
import { assembleImage, measuredAssembly } from './assemble-image';
import { mergeIndexes } from './merge-indexes';

const jar = { id: 'jar', files: { paths: ['**/*.jar', 'opt/*/app.jar'], maxBytes: 100 } };
const emptyStructure: LayerStructure = {
  ...{ whiteouts: [], opaques: [], symlinks: [], hardlinks: [], files: [], obstacles: [], directories: [] },
};

function image(layers: number): Image {
  return {
    reference: 'x',
    platform: { os: 'linux', architecture: 'amd64' },
    layers: Array.from({ length: layers }, () => ({})),
  };
}

function feature(path: string, name: string): Feature {
  return { type: 'dpkg', name, version: '1', path };
}

function index(number: number, structure: Partial<LayerStructure>, more: Partial<LayerIndex> = {}): LayerIndex {
  const files = structure.files ?? [];
  const detection: LayerDetection = {
    detector: 'jar',
    version: 1,
    files,
    features: files.map((path) => feature(path, `${path.replaceAll('/', '-')}-${number}`)),
    namespaces: [],
    problems: [],
  };
  return {
    diffId: `sha256:${String(number).padStart(64, '0')}`,
    blobs: [],
    size: 0,
    entries: 0,
    structure: { ...emptyStructure, ...structure },
    detections: [detection],
    problems: [],
    ...more,
  };
}

function names(layers: readonly LayerIndex[]): string[] {
  return assembleImage(image(layers.length), layers, [jar]).features.map(({ name }) => name);
}

test('long names take more steps than short ones', () => {
  const steps = (length: number): number => {
    const files = Array.from({ length: 50 }, (_, at) => `${at}${'x'.repeat(length)}.jar`);
    return measuredAssembly(image(1), [index(0, { files })], { detectors: [jar] }).steps;
  };
  expect(steps(4000) - steps(40)).toBeGreaterThan(50 * 200);
});

test('the same package in two archives of one file is two packages, each with its own origin', () => {
  const layerWith = (number: number, archives: readonly string[]): LayerIndex => {
    const layer = index(number, { files: ['a.jar'] });
    const features = archives.map((within) => ({ ...feature('a.jar', 'p'), within }));
    return { ...layer, detections: layer.detections.map((one) => ({ ...one, features })) };
  };
  const layers = [layerWith(0, ['b.jar']), layerWith(1, ['c.jar', 'b.jar', 'b.jar'])];
  const { features } = assembleImage(image(2), layers, [jar]);
  expect(features.map(({ within, layer }) => [within, layer])).toEqual([
    ['b.jar', layers[0]?.diffId],
    ['c.jar', layers[1]?.diffId],
  ]);
});

test('packages of an image have bounded text together', () => {
  const long = 'x'.repeat(4000);
  const features = Array.from({ length: 20_000 }, (_, at) => ({
    ...feature('a.jar', `p${at}`),
    version: long,
    source: { name: 'source', version: long },
  }));
  const layer = index(0, { files: ['a.jar'] });
  const [detection] = layer.detections.map((one) => ({ ...one, features }));
  const composed = assembleImage(
    image(1),
    [{ ...layer, detections: detection === undefined ? [] : [detection] }],
    [jar],
  );
  const characters = composed.features.reduce((sum, one) => sum + textLength(one), 0);
  expect(characters).toBeLessThanOrEqual(workLimits.image.characters);
  expect(characters).toBeGreaterThan(workLimits.image.characters - 2 * long.length - 100);
  expect(composed.problems).toMatchObject([{ code: 'limit-reached', layer: null }]);
});

describe('the namespace of a package', () => {
  const placed = (type: Feature['type'], packageType: PackageType) => {
    const detection: LayerDetection = {
      detector: 'jar',
      version: 1,
      files: ['a.jar'],
      features: [{ ...feature('a.jar', 'a'), type }],
      namespaces: [{ id: 'x-linux:3', packageType, rank: 40, path: 'a.jar' }],
      problems: [],
    };
    const layer = index(0, { files: ['a.jar'] }, { detections: [detection] });
    return assembleImage(image(1), [layer], [jar]).features.map(({ namespace }) => namespace);
  };

  test.each<[Feature['type'], PackageType, string | null]>([
    ['dpkg', 'dpkg', 'x-linux:3'],
    ['dpkg', 'rpm', null],
    ['x-acme', 'dpkg', 'x-acme'],
    ['x-acme', 'x-acme', 'x-acme'],
    ['npm', 'dpkg', 'npm'],
    ['cargo', 'dpkg', 'crates.io'],
    ['shiny', 'dpkg', null],
  ])('of the kind %s is, in a distribution with %s, %s', (type, packageType, namespace) => {
    expect(placed(type, packageType)).toEqual([namespace]);
  });
});

describe('assembleImage', () => {
  test('files that match patterns over directories: replaced and removed by path and by any parent', () => {
    const base = index(0, { files: ['a.jar', 'opt/x/app.jar', 'srv/deep/down/b.jar', 'srv/c.jar'] });
    expect(names([base])).toEqual(['a.jar-0', 'opt-x-app.jar-0', 'srv-c.jar-0', 'srv-deep-down-b.jar-0']);
    expect(names([base, index(1, { files: ['srv/c.jar'], whiteouts: ['srv/deep'] })])).toEqual([
      ...['a.jar-0', 'opt-x-app.jar-0', 'srv-c.jar-1'],
    ]);
    expect(names([base, index(1, { opaques: [''], files: ['z.jar'] })])).toEqual(['z.jar-1']);
    expect(names([base, index(1, { obstacles: ['srv'] })])).toEqual(['a.jar-0', 'opt-x-app.jar-0']);
  });

  test('a link beside a file is not a second file', () => {
    const base = index(0, {
      files: ['opt/x/app.jar'],
      symlinks: [
        ['opt/x/link.jar', 'app.jar'],
        ['y', 'opt/x'],
      ],
    });
    expect(names([base])).toEqual(['opt-x-app.jar-0']);
  });

  test('problems: of the layer and the detector always, of a file while it exists, each once and base first', () => {
    const problem = { code: 'bad-record', message: 'm' } as const;
    const broken = (number: number, structure: Partial<LayerStructure>): LayerIndex => {
      const made = index(number, structure, { problems: [{ ...problem, path: 'x' }, problem, problem] });
      const [detection] = made.detections;
      const problems = [problem, { ...problem, path: 'a.jar' }, { ...problem, path: 'elsewhere', message: 'n' }];
      return { ...made, detections: [{ ...detection!, problems }] };
    };
    const base = broken(9, { files: ['a.jar'] });
    const found = (layers: readonly LayerIndex[]): unknown[] =>
      assembleImage(image(layers.length), layers, [jar]).problems.map((p) => [
        layers.findIndex((l) => l.diffId === p.layer),
        p.path,
      ]);
    const ofLayer = [undefined, 'elsewhere', 'x'];
    expect(found([base])).toEqual([undefined, 'a.jar', 'elsewhere', 'x'].map((path) => [0, path]));
    const top = broken(1, { whiteouts: ['a.jar'] });
    expect(found([base, top])).toEqual([
      ...ofLayer.map((path) => [0, path]),
      // Of a file that the layer does not have, so the problem cannot be dropped with the file.
      ...[undefined, 'a.jar', 'elsewhere', 'x'].map((path) => [1, path]),
    ]);
  });

  test('very many links: those with relevant names are still followed, and the limit is reported', () => {
    const links = (layer: number): [string, string][] =>
      Array.from({ length: 50_000 }, (_, n) => [`srv/${layer}/${n}`, 'x']);
    const layers = Array.from({ length: 5 }, (_, layer) => index(layer, { symlinks: links(layer) }));
    const last = index(5, {
      symlinks: [
        ['opt/x', '/srv/app'],
        ['srv/to', 'app'],
      ],
      files: ['srv/app/app.jar'],
    });
    const made = assembleImage(image(6), [...layers, last], [jar]);
    expect(made.features).toHaveLength(1);
    expect(made.problems.map(({ code }) => code)).toEqual(['limit-reached', 'limit-reached']);
  });

  test('a layer whose detections are missing is a problem of its files', () => {
    const bare = index(0, { files: ['a.jar'] }, { detections: [] });
    expect(assembleImage(image(1), [bare], [jar]).problems).toMatchObject([{ code: 'unresolved-link', path: 'a.jar' }]);
  });
});

describe('mergeIndexes', () => {
  test('keeps the results of the detectors of both readings', () => {
    const known = index(
      0,
      { files: ['a'], obstacles: ['b'], hardlinks: [['c', 'd']], symlinks: [['s', 't']] },
      { blobs: ['1'] },
    );
    const fresh = index(
      0,
      { files: ['b', 'c'], directories: ['d'], symlinks: [['s', 't']] },
      { blobs: ['2'], size: 7 },
    );
    expect(mergeIndexes(undefined, fresh)).toBe(fresh);
    const merged = mergeIndexes(known, {
      ...fresh,
      detections: fresh.detections.map((d) => ({ ...d, detector: 'new' })),
    });
    expect(merged).toMatchObject({ size: 7, blobs: ['1', '2'] });
    expect(merged.structure).toEqual({
      ...emptyStructure,
      ...{ files: ['a', 'b', 'c'], symlinks: [['s', 't']], directories: ['d'] },
    });
    expect(merged.detections.map(({ detector }) => detector)).toEqual(['jar', 'new']);
  });
});
