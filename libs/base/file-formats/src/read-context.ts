import type { WorkBudget } from '@clarion/model';
import type { NoteProblem } from './problem-list';

/** What readers of a database get from whoever reads it: where to tell what is wrong, and what reading may cost. */
export interface ReadContext {
  readonly note: NoteProblem;
  readonly budget: WorkBudget;
}
