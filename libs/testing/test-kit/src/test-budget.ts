import { createWorkBudget, type WorkBudget, type WorkLimits, workLimits } from '@clarion/model';

/** A budget that reports what was spent, so that a spec can compare steps with the size of its input. */
export interface TestBudget extends WorkBudget {
  readonly spent: { steps: number; facts: number };
}

/** By default as large as that of a detector. */
export function testBudget(limits: Partial<WorkLimits> = {}): TestBudget {
  const budget = createWorkBudget('The work', { ...workLimits.detector, ...limits });
  const spent = { steps: 0, facts: 0 };
  return {
    ...budget,
    spent,
    stepsSpent: () => spent.steps,
    spend(steps) {
      spent.steps += steps;
      return budget.spend(steps);
    },
    keep() {
      spent.facts += 1;
      return budget.keep();
    },
  };
}
