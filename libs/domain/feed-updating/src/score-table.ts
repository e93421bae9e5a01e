import type { Epss } from '@clarion/model';

type Score = Required<Epss>;

/** Scores by number, in some 20 bytes each. */
export interface ScoreTable {
  /** Returns its number. */
  add(score: Score): number;
  get(number: number): Score;
}

/** An empty table. */
export function scoreTable(): ScoreTable {
  const scores: number[] = [];
  const percentiles: number[] = [];
  const dates: string[] = [];
  /** Equal dates once: each record that is read has its own. */
  const known = new Map<string, string>();
  return {
    add({ score, percentile, date }) {
      const shared = known.get(date) ?? date;
      known.set(shared, shared);
      percentiles.push(percentile);
      dates.push(shared);
      return scores.push(score) - 1;
    },
    get: (number) => ({
      score: scores[number] ?? 0,
      percentile: percentiles[number] ?? 0,
      date: dates[number] ?? '',
    }),
  };
}
