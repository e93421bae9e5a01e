import type { Feature, Problem } from '@clarion/model';

/** What one file, or one group of files, holds. */
export interface Parsed {
  readonly features: readonly Feature[];
  readonly problems: readonly Problem[];
}

/** The facts of several files together. */
export function combine(results: readonly Parsed[]): Parsed {
  return {
    features: results.flatMap((result) => result.features),
    problems: results.flatMap((result) => result.problems),
  };
}
