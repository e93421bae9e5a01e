import type { Problem, ProblemCode } from '@clarion/model';

/** Takes note of one thing that could not be read; reading goes on. */
export type NoteProblem = (code: ProblemCode, message: string) => void;

export interface ProblemList {
  readonly note: NoteProblem;
  /** What was noted, all with the list's path; where there was more of a kind, the last one says how many. */
  readonly problems: () => readonly Problem[];
}

const maxOfOneCode = 10;

/** Collects the problems of one file. Bounded: a file of a million broken records tells of ten and a count. */
export function problemList(path: string): ProblemList {
  const kept: Problem[] = [];
  const counts = new Map<ProblemCode, number>();
  return {
    note(code, message) {
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count <= maxOfOneCode) kept.push({ code, path, message });
    },
    problems() {
      const beyond = [...counts].filter(([, count]) => count > maxOfOneCode);
      const summaries = beyond.map(([code, count]): Problem => {
        return { code, path, message: `${count - maxOfOneCode} more problems of this kind` };
      });
      return [...kept, ...summaries];
    },
  };
}
