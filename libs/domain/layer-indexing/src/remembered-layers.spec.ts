import type { DetectorKey, LayerIndex } from '@clarion/model';
import { rememberedLayers } from './remembered-layers';

const structure = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], obstacles: [], directories: [] };

function layer(diffId: string, files: readonly string[], detectors: readonly string[]): LayerIndex {
  const detections = detectors.map((detector) => ({
    ...{ detector, version: 1, files: [], features: [], namespaces: [], problems: [] },
  }));
  return { diffId, blobs: [], size: 0, entries: 0, structure: { ...structure, files }, detections, problems: [] };
}

const detectors: readonly DetectorKey[] = ['dpkg', 'npm'].map((id) => ({ id, version: 1 }));
const stored = new Map(
  [
    layer('base', ['a', 'b', 'c'], ['dpkg', 'npm']),
    layer('other', ['a', 'b', 'c'], ['dpkg', 'npm']),
    layer('large', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['dpkg', 'npm']),
    layer('incomplete', ['a'], ['dpkg']),
  ].map((one) => [one.diffId, one]),
);

function counted(options?: Parameters<typeof rememberedLayers>[1]) {
  const asked: string[] = [];
  const layers = rememberedLayers(
    {
      layer: (diffId) => {
        asked.push(diffId);
        return Promise.resolve(stored.get(diffId));
      },
    },
    options,
  );
  return { asked, layers };
}

describe('rememberedLayers', () => {
  it.each<[what: string, limits: { facts: number }, ask: readonly string[], asked: readonly string[]]>([
    ['asks for each layer once', { facts: 100 }, ['base', 'other', 'base', 'other'], ['base', 'other']],
    [
      'forgets all when there is no room for the next',
      { facts: 5 },
      ['base', 'other', 'base'],
      ['base', 'other', 'base'],
    ],
    ['does not remember what has no room at all', { facts: 5 }, ['large', 'large'], ['large', 'large']],
    [
      'asks again for what may be completed',
      { facts: 100 },
      ['incomplete', 'incomplete'],
      ['incomplete', 'incomplete'],
    ],
    ['asks again for what was not there', { facts: 100 }, ['unknown', 'unknown'], ['unknown', 'unknown']],
  ])('%s', async (_, { facts }, ask, expected) => {
    const { asked, layers } = counted({ limits: { facts, characters: 1000 } });
    for (const diffId of ask) expect(await layers.layer(diffId, detectors)).toBe(stored.get(diffId));
    expect(asked).toEqual(expected);
  });

  it('forgets them with the detectors, and after a while', async () => {
    const { asked, layers } = counted();
    await layers.layer('base', detectors);
    await layers.layer('base', [...detectors]);
    expect(asked).toEqual(['base', 'base']);
    const brief = counted({ millis: 0 });
    await brief.layers.layer('base', detectors);
    await brief.layers.layer('base', detectors);
    expect(brief.asked).toEqual(['base', 'base']);
  });
});
