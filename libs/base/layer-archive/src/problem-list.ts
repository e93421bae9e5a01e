import type { Problem } from '@clarion/model';

/** Problems of one archive: the first ones in full, then only their number. */
export interface ProblemList {
  add(problem: Problem): void;
  all(): readonly Problem[];
}

/** A hostile archive can have a problem in each of two million entries; more than these are not useful. */
const kept = 100;

export function createProblemList(): ProblemList {
  const problems: Problem[] = [];
  let more = 0;
  return {
    add(problem) {
      if (problems.length < kept) problems.push(problem);
      else more += 1;
    },
    all() {
      if (more === 0) return problems;
      return [...problems, { code: 'limit-reached', message: `${more} more problems of this archive are not listed` }];
    },
  };
}
