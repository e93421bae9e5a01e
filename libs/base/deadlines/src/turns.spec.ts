import { createTurns } from './turns';

describe('turns', () => {
  it('are over after their time, and begin again with the next one', async () => {
    let now = 0;
    const turns = createTurns({ millis: 10, now: () => now });
    now = 9;
    expect(turns.isOver()).toBe(false);
    now = 10;
    expect(turns.isOver()).toBe(true);
    await turns.next();
    expect(turns.isOver()).toBe(false);
    now = 20;
    expect(turns.isOver()).toBe(true);
  });

  it('of all work of a process begin one at a time, in the order of their requests', async () => {
    let loops = 0;
    const began: (readonly [work: number, loop: number])[] = [];
    let counting = true;
    const count = (): void => {
      loops += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const work = async (number: number): Promise<void> => {
      const turns = createTurns();
      for (let slice = 0; slice < 3; slice += 1) {
        await turns.next();
        began.push([number, loops]);
      }
    };
    await Promise.all([0, 1, 2, 3].map(work)).finally(() => (counting = false));
    expect(began.map(([number]) => number)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
    expect(new Set(began.map(([, loop]) => loop)).size).toBe(began.length);
  });
});
