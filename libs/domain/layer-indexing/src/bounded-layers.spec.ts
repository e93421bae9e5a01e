import type { LayerIndex } from '@clarion/model';
import { boundedLayers } from './bounded-layers';

const none = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], files: [], obstacles: [], directories: [] };

function layer(diffId: string, files: number): LayerIndex {
  const structure = { ...none, files: Array.from({ length: files }, (_, n) => `f${n}`) };
  return { diffId, blobs: [], size: 0, entries: 0, structure, detections: [], problems: [] };
}

function stored(...layers: readonly LayerIndex[]) {
  const loaded: string[] = [];
  const load = (diffId: string): Promise<LayerIndex | undefined> => {
    loaded.push(diffId);
    return Promise.resolve(layers.find((one) => one.diffId === diffId));
  };
  return { loaded, load };
}

const limits = { facts: 10, characters: 1000 };

describe('the layers of one image', () => {
  it('are loaded once each, and one that is repeated is the same object', async () => {
    const { loaded, load } = stored(layer('a', 4), layer('b', 4));
    const layers = await boundedLayers(load, limits).inOrder(['a', 'b', 'a', 'a', 'b']);
    expect(loaded).toEqual(['a', 'b']);
    expect(layers?.map(({ diffId }) => diffId)).toEqual(['a', 'b', 'a', 'a', 'b']);
    expect(new Set(layers).size).toBe(2);
    expect(layers?.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('come without facts, and with a problem, where the image has too many, whichever were read first', async () => {
    const all = [layer('a', 6), layer('b', 6), layer('c', 4)];
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ];
    for (const order of orders) {
      const bounded = boundedLayers(stored(...all).load, limits);
      const kept = new Map(order.map((n) => [n, bounded.keep(all[n]!)]));
      expect([...kept.values()].filter((one) => typeof one !== 'string').length).toBeLessThan(3);
      const layers = await bounded.inOrder([0, 1, 2].map((n) => kept.get(n)!));
      expect(
        layers?.map(({ structure, problems }) => [structure.files.length, problems.map(({ code }) => code)]),
      ).toEqual([
        [6, []],
        [0, ['limit-reached']],
        [4, []],
      ]);
    }
  });

  it('are bounded by the characters of their names as well', async () => {
    const long = { ...layer('a', 0), structure: { ...none, symlinks: [['l', 'x'.repeat(1000)] as const] } };
    const [only] = (await boundedLayers(stored(long).load, limits).inOrder(['a'])) ?? [];
    expect([only?.structure, only?.problems.length]).toEqual([none, 1]);
  });

  it('are undefined when one is not stored', async () => {
    expect(await boundedLayers(stored().load, limits).inOrder(['a'])).toBeUndefined();
  });
});
