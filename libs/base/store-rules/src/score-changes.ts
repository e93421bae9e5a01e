import { isTextChange, type LoggedChange, type TextChange } from '@clarion/model';

import { isScoreOnly, type ScoreRow, scoreRow, scoreText } from './score-row';

/** What an update changed in one score; null where there was, or is, no record. */
export interface ScoreChange {
  readonly id: string;
  readonly before: ScoreRow | null;
  readonly after: ScoreRow | null;
}

/**
 * Changes of scores of one feed and update, by column: nearly every percentile changes every day, so there are hundreds
 * of thousands a day, and columns of small whole numbers are the shortest when they are deflated.
 */
export interface PackedScoreChanges {
  /** The last characters of the ids, behind what all of them begin with. */
  readonly ids: readonly string[];
  readonly start: string;
  readonly before: ScoreColumns;
  /** Numbers are the difference to those before. */
  readonly after: ScoreColumns;
}

interface ScoreColumns {
  /** Null: no record. */
  readonly scores: readonly Cell[];
  readonly percentiles: readonly Cell[];
  /** One for all rows, or one a row. */
  readonly dates: string | null | readonly (string | null)[];
}

/** A number of hundred-thousandths, or the text of a number that is not exactly one. */
type Cell = number | string | null;
const unit = 1e5;

/** The change of a score that only the log needs; undefined for any other change. */
export function scoreChangeOf(change: LoggedChange): ScoreChange | undefined {
  if (!isTextChange(change) || change.silent !== true) return undefined;
  const { vulnerability: id, before, after } = change;
  if (before === null && after === null) return undefined;
  const rows = [before, after].map((text) => {
    if (text === null) return null;
    const isScore = isScoreOnly(text) && text.id === id && text.feed === change.feed && isPlain(text.epss);
    return isScore ? scoreRow(id, text.epss) : undefined;
  });
  const [old, now] = rows;
  return old === undefined || now === undefined ? undefined : { id, before: old, after: now };
}

/** Undefined members are not kept, so a record that has some is kept as it is. */
function isPlain(epss: object): boolean {
  return Object.values(epss).every((value) => value !== undefined);
}

/** Packs changes of different scores whose ids begin with `start`. */
export function packScoreChanges(start: string, changes: readonly ScoreChange[]): PackedScoreChanges {
  const before = changes.map((change) => change.before);
  const after = changes.map((change) => change.after);
  const columns = { before: columnsOf(before), after: columnsOf(after) };
  const difference = (cells: readonly Cell[], from: readonly Cell[]) =>
    cells.map((cell, at) => (typeof cell === 'number' ? cell - stepsOf(from[at]) : cell));
  return {
    ids: changes.map(({ id }) => id.slice(start.length)),
    start,
    before: columns.before,
    after: {
      scores: difference(columns.after.scores, columns.before.scores),
      percentiles: difference(columns.after.percentiles, columns.before.percentiles),
      dates: columns.after.dates,
    },
  };
}

function columnsOf(rows: readonly (ScoreRow | null)[]): ScoreColumns {
  const dates = rows.map((row) => row?.[3] ?? null);
  const [date = null] = dates;
  return {
    scores: rows.map((row) => cellOf(row?.[1] ?? null)),
    percentiles: rows.map((row) => cellOf(row?.[2] ?? null)),
    dates: dates.every((one) => one === date) ? date : dates,
  };
}

function cellOf(value: number | null): Cell {
  if (value === null) return null;
  const steps = Math.round(value * unit);
  return Number.isSafeInteger(steps) && Object.is(steps / unit, value) ? steps : String(value);
}

function stepsOf(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : 0;
}

/** The changes of a feed and update that were packed; with `only`, those of some ids. */
export function unpackScoreChanges(
  packed: PackedScoreChanges,
  { feed, update }: Pick<TextChange, 'feed' | 'update'>,
  only?: ReadonlySet<string>,
): readonly TextChange[] {
  const { ids, start, before, after } = packed;
  return ids.flatMap((rest, at): readonly TextChange[] => {
    const id = start + rest;
    if (only?.has(id) === false) return [];
    const sum = (cell: Cell | undefined, from: Cell | undefined): Cell =>
      typeof cell === 'number' ? cell + stepsOf(from) : (cell ?? null);
    const text = (score: Cell, percentile: Cell, date: string | null) =>
      score === null ? null : scoreText(feed, [id, Number(valueOf(score)), valueOf(percentile), date]);
    const { scores, percentiles, dates } = before;
    const old = text(scores[at] ?? null, percentiles[at] ?? null, dateAt(dates, at));
    const now = text(
      sum(after.scores[at], scores[at]),
      sum(after.percentiles[at], percentiles[at]),
      dateAt(after.dates, at),
    );
    return [{ update, feed, vulnerability: id, silent: true, before: old, after: now }];
  });
}

function dateAt(dates: ScoreColumns['dates'], at: number): string | null {
  return typeof dates === 'string' || dates === null ? dates : (dates[at] ?? null);
}

function valueOf(cell: Cell): number | null {
  return typeof cell === 'number' ? cell / unit : cell === null ? null : Number(cell);
}
