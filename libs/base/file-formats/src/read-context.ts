import type { WorkBudget } from '@clarion/model';
import type { NoteProblem } from './problem-list';

/** What the caller passes to readers of a database: where to report problems, and the budget for reading. */
export interface ReadContext {
  readonly note: NoteProblem;
  readonly budget: WorkBudget;
}
