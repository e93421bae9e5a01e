/** Records that could not be parsed: how many, and the first few with their reasons. */
export interface ProblemCount {
  readonly count: number;
  readonly samples: readonly string[];
}

export interface ProblemTally extends ProblemCount {
  note(text: string): void;
}

/** How many problems are kept verbatim. */
export const maxSamples = 10;

export function createProblemTally(): ProblemTally {
  const samples: string[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    samples,
    note(text) {
      count += 1;
      if (samples.length < maxSamples) samples.push(text.slice(0, 300));
    },
  };
}
