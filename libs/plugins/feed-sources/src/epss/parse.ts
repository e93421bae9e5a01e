import { textLines } from '@clarion/file-formats/documents';
import { ClarionError, type Epss, type FeedDocument, type FeedRecord, isCveId } from '@clarion/model';

/** Always has the newest scores; the file of the current day may not exist yet. */
export const documentName = 'epss_scores-current.csv';

/** Indexes of the columns; the oldest files have no percentile. */
interface Columns {
  readonly id: number;
  readonly score: number;
  readonly percentile: number | undefined;
}

/**
 * Reads `cve,epss[,percentile]` lines below their heading, which since 2022 follows a comment with the date of the
 * scores. Values are never quoted. Only one line is in memory.
 */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  let date: string | undefined;
  let columns: Columns | undefined;
  for await (const line of textLines(document.body)) {
    if (line === '') continue;
    if (columns !== undefined) yield readRow(line, columns, date);
    else if (line.startsWith('#')) date = scoreDate(line);
    else columns = readHeading(line, document.name);
  }
  if (columns === undefined) throw new ClarionError('corrupt-data', `Document ${document.name} is empty`);
}

/** `#model_version:v2025.03.14,score_date:2026-08-16T12:55:00Z`. */
function scoreDate(comment: string): string | undefined {
  return /score_date:(\d{4}-\d{2}-\d{2})/.exec(comment)?.[1];
}

function readHeading(line: string, document: string): Columns {
  const names = line.split(',', 20).map((name) => name.trim().toLowerCase());
  const [id, score, percentile] = ['cve', 'epss', 'percentile'].map((name) => names.indexOf(name));
  if (id === undefined || id < 0 || score === undefined || score < 0) {
    throw new ClarionError('corrupt-data', `Document ${document} does not start with the columns cve and epss`);
  }
  return { id, score, percentile: percentile === undefined || percentile < 0 ? undefined : percentile };
}

function readRow(line: string, columns: Columns, date: string | undefined): FeedRecord {
  const cells = line.split(',', 20);
  const id = cells[columns.id] ?? '';
  const score = probability(cells[columns.score]);
  const percentile = columns.percentile === undefined ? undefined : probability(cells[columns.percentile]);
  const lacksPercentile = columns.percentile !== undefined && percentile === undefined;
  if (!isCveId(id) || score === undefined || lacksPercentile) {
    return { kind: 'problem', record: line.slice(0, 80), message: 'Row is not an id with a probability and its rank' };
  }
  const epss: Epss = {
    score,
    ...(percentile === undefined ? {} : { percentile }),
    ...(date === undefined ? {} : { date }),
  };
  return { kind: 'vulnerability', text: { feed: 'epss', id, epss } };
}

/** A number from 0 to 1 in plain or scientific notation. */
function probability(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,3}(?:\.\d{1,30})?(?:[eE]-?\d{1,3})?$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 1 ? value : undefined;
}
