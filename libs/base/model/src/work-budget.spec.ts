import { createWorkBudget, filesWithin } from './work-budget';

const limits = { steps: 10, facts: 2, millis: 60_000 };

describe('a work budget', () => {
  it('lasts for its steps, and is over for good after them', () => {
    const budget = createWorkBudget('Reading', limits);
    expect([budget.spend(4), budget.spend(6)]).toEqual([true, true]);
    expect(budget.problem()).toBeUndefined();
    expect([budget.spend(1), budget.spend(0)]).toEqual([false, false]);
    // Findings can still be kept.
    expect(budget.keep()).toBe(true);
    expect(budget.problem()).toEqual({
      code: 'limit-reached',
      message: 'Reading takes more than 10 steps; the rest is not taken into account',
    });
  });

  it('lasts for its facts', () => {
    const budget = createWorkBudget('Reading', limits);
    expect([budget.keep(), budget.keep(), budget.keep(), budget.spend(1)]).toEqual([true, true, false, false]);
    expect(budget.problem()?.message).toContain('finds more than 2 packages and other facts');
  });

  it('lasts for the characters of its facts', () => {
    const budget = createWorkBudget('Reading', { ...limits, facts: 10, kind: 'names', characters: 8 });
    expect([budget.keep(4), budget.keep(4), budget.keep(), budget.keep(1)]).toEqual([true, true, true, false]);
    expect([budget.keep(), budget.spend(1)]).toEqual([false, false]);
    expect(budget.problem()?.message).toContain('Reading finds more than 8 characters of names');
  });

  it('ends with its time, which is checked when steps are counted', () => {
    const budget = createWorkBudget('Reading', { ...limits, steps: 1_000_000, millis: -1 });
    const steps = Array.from({ length: 200 }, () => budget.spend(1000));
    expect(steps.indexOf(false)).toBe(99);
    expect(budget.problem()?.message).toContain('takes longer than');
  });

  it('yields files as long as it is sufficient for their bytes', () => {
    const files = [64, 64 * 6, 64].map((size, index) => ({ path: String(index), content: new Uint8Array(size) }));
    const budget = createWorkBudget('Reading', limits);
    expect([...filesWithin(files, budget)].map(({ path }) => path)).toEqual(['0', '1']);
    expect(budget.problem()).toBeDefined();
  });
});
