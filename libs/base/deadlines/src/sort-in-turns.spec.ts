import fc from 'fast-check';
import { sortInTurns } from './sort-in-turns';

describe('sortInTurns', () => {
  type Item = readonly [key: number, index: number];
  const byKey = ([a]: Item, [b]: Item): number => a - b;

  it('sorts as toSorted does, and is stable', async () => {
    const lists = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 9000, size: 'max' });
    await fc.assert(
      fc.asyncProperty(lists, async (keys) => {
        const items = keys.map((key, index): Item => [key, index]);
        expect(await sortInTurns(items, byKey)).toEqual([...items].sort(byKey));
      }),
      { numRuns: 20 },
    );
  });

  it('yields the thread after every few thousand items', async () => {
    const items = Array.from({ length: 100_000 }, (_, index): Item => [(index * 7919) % 100_003, index]);
    let [slices, compared, most] = [0, 0, 0];
    const turns = {
      isOver: () => true,
      next: async () => {
        slices += 1;
        most = Math.max(most, compared);
        compared = 0;
        await Promise.resolve();
      },
    };
    const sorted = await sortInTurns(
      items,
      (a, b) => {
        compared += 1;
        return byKey(a, b);
      },
      turns,
    );
    expect(sorted).toEqual([...items].sort(byKey));
    expect(slices).toBeGreaterThan(100);
    // The cost of sorting some thousand, n log n.
    expect(most).toBeLessThan(50_000);
  });
});
