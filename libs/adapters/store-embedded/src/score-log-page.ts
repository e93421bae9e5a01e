import {
  type PackedScoreChanges,
  packScoreChanges,
  type ScoreChange,
  type ScoreRow,
  unpackScoreChanges,
} from '@clarion/store-rules';
import type { TextChange } from '@clarion/model';

/** What an update changed in the scores of a page (`score-pages.ts`). */
export interface ScoreLogPage {
  /** Pages of the log since one with `all`, this one included; 0 for that one. */
  readonly sinceAll: number;
  readonly changes: readonly ScoreChange[];
  /**
   * All scores of the page before the update, in some pages of the log: what did not change for long is found there,
   * not only after all updates.
   */
  readonly all?: readonly ScoreRow[];
}

type Columns = readonly [
  ids: string,
  ...before: readonly [unknown, unknown, unknown],
  ...after: readonly [unknown, unknown, unknown],
];

/** The stored form: members of `PackedScoreChanges` without their names; the page is in the key. */
export type ScoreLogRecord = readonly [sinceAll: number, changes: Columns, all?: Columns];

export function scoreLogRecord(bucket: string, { sinceAll, changes, all }: ScoreLogPage): ScoreLogRecord {
  const columns = columnsOf(packScoreChanges(bucket, changes));
  if (all === undefined) return [sinceAll, columns];
  const rows = all.map((row) => ({ id: row[0], before: row, after: null }));
  return [sinceAll, columns, columnsOf(packScoreChanges(bucket, rows))];
}

/** Of each id, two characters are not those of its page. */
function columnsOf({ ids, before, after }: PackedScoreChanges): Columns {
  return [
    ids.join(''),
    ...([before.scores, before.percentiles, before.dates] as const),
    ...([after.scores, after.percentiles, after.dates] as const),
  ];
}

/** The page of a record, as changes of its feed. */
export interface ReadScoreLogPage {
  readonly sinceAll: number;
  readonly changes: readonly TextChange[];
  /** Each as a change of a score to none. */
  readonly all: readonly TextChange[] | undefined;
}

export function toScoreLogPage(
  bucket: string,
  [sinceAll, changes, all]: ScoreLogRecord,
  of: Pick<TextChange, 'feed' | 'update'>,
): ReadScoreLogPage {
  return {
    sinceAll,
    changes: unpackScoreChanges(toPacked(bucket, changes), of),
    all: all && unpackScoreChanges(toPacked(bucket, all), of),
  };
}

function toPacked(bucket: string, [ids, scores, percentiles, dates, ...after]: Columns): PackedScoreChanges {
  return {
    ids: ids.match(/../gsu) ?? [],
    start: bucket,
    before: { scores, percentiles, dates } as PackedScoreChanges['before'],
    after: { scores: after[0], percentiles: after[1], dates: after[2] } as PackedScoreChanges['after'],
  };
}

/** The number of changes in a record. */
export function countOf([, [ids]]: ScoreLogRecord): number {
  return ids.length / 2;
}
