import type { Problem, ProblemCode } from '@clarion/model';

/** Records one thing that could not be read; reading continues. */
export type NoteProblem = (code: ProblemCode, message: string) => void;

export interface ProblemList {
  readonly note: NoteProblem;
  /** The recorded problems, all with the list's path; where there were more of a kind, the last one gives the count. */
  readonly problems: () => readonly Problem[];
}

const maxOfOneCode = 10;

/** Collects the problems of one file. Bounded: a file of a million broken records yields ten problems and a count. */
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
