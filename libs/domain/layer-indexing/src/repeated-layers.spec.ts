import type { Feature, Image, LayerIndex, LayerStructure } from '@clarion/model';
import { assembleImage } from './assemble-image';

const detectors = [{ id: 'dpkg', files: { paths: ['var/lib/dpkg/status.d/*'], maxBytes: 100 } }];
const none: LayerStructure = {
  ...{ whiteouts: [], opaques: [], symlinks: [], hardlinks: [], files: [], obstacles: [], directories: [] },
};
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

function image(layers: number): Image {
  return { reference: 'x', platform: { os: 'linux', architecture: 'amd64' }, layers: many(layers, () => ({})) };
}

function layer(name: string, structure: Partial<LayerStructure>): LayerIndex {
  const whole = { ...none, ...structure };
  const features = whole.files.map((path): Feature => ({ type: 'dpkg', name: `${name} ${path}`, version: '1', path }));
  const detection = { detector: 'dpkg', version: 1, files: whole.files, features, namespaces: [], problems: [] };
  return {
    diffId: `sha256:${name}`,
    blobs: [],
    size: 0,
    entries: 0,
    structure: whole,
    detections: [detection],
    problems: [],
  };
}

const packages = (count: number): string[] => many(count, (n) => `var/lib/dpkg/status.d/p${n}`);

describe('a layer that an image repeats', () => {
  it('is composed once, with all of its packages, links and whiteouts', () => {
    // Each time would take 700,000 steps; an image has 10,000,000.
    const wide = layer('wide', {
      files: packages(20_000),
      symlinks: many(20_000, (n) => [`v${n}`, `v${n + 1}`] as const),
      whiteouts: many(20_000, (n) => `d${n}/x`),
    });
    const { features, problems } = assembleImage(
      image(512),
      many(512, () => wide),
      detectors,
    );
    expect([features.length, problems]).toEqual([20_000, []]);
  });

  it('has its facts read once', () => {
    const readsOf = (times: number): number => {
      let reads = 0;
      const plain = layer('plain', { files: packages(3) });
      const [detection] = plain.detections;
      const features: readonly Feature[] = new Proxy(detection?.features ?? [], {
        get(target, key) {
          if (key === '0') reads += 1;
          return Reflect.get(target, key) as unknown;
        },
      });
      const counted = { ...plain, detections: plain.detections.map((one) => ({ ...one, features })) };
      const repeated = many(times, () => counted);
      expect(assembleImage(image(times), repeated, detectors).features).toHaveLength(3);
      return reads;
    };
    expect(readsOf(512)).toBe(readsOf(1));
  });

  it('is composed as if each repetition were a separate layer', () => {
    const base = layer('base', { files: packages(3), symlinks: [['opt', 'var/lib/dpkg']] });
    const odd = layer('odd', {
      whiteouts: ['var/lib/dpkg/status.d/p0', 'opt/status.d/p1'],
      symlinks: [['srv', '/var/lib/dpkg/status.d']],
      files: ['srv/moved', ...packages(1)],
      hardlinks: [['var/lib/dpkg/status.d/again', 'srv/moved']],
    });
    const repeated = (times: number, copies: boolean): unknown => {
      const layers = [base, ...many(times, () => (copies ? structuredClone(odd) : odd)), base];
      return assembleImage(image(layers.length), layers, detectors).features;
    };
    expect(repeated(4, false)).toEqual(repeated(4, true));
    expect(repeated(4, false)).toEqual(repeated(1, false));
  });

  it('between others is bounded by the budget of the image, whose end is a problem with a name', () => {
    const wide = layer('wide', { files: packages(20_000) });
    const gone = layer('gone', { whiteouts: packages(20_000) });
    const layers = many(512, (n) => (n % 2 === 0 ? wide : gone));
    const { problems } = assembleImage(image(512), layers, detectors);
    expect(problems.map(({ code, layer: of }) => [code, of])).toEqual([['limit-reached', null]]);
    expect(problems[0]?.message).toMatch(/^Composing the image takes more than \d+ steps/);
  });
});
