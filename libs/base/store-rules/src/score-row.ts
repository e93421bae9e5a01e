import type { Epss, VulnerabilityRecord } from '@clarion/model';

/**
 * A vulnerability record that is only a score. There is one for every CVE, of a few bytes each, so stores keep those of
 * ids that differ in their last two characters together.
 */
export type ScoreRow = readonly [id: string, score: number, percentile: number | null, date: string | null];

const members: ReadonlySet<string> = new Set(['feed', 'id', 'epss']);

/** Whether a vulnerability record is only a score. */
export function isScoreOnly(text: VulnerabilityRecord): text is VulnerabilityRecord & { readonly epss: Epss } {
  return text.epss !== undefined && Object.keys(text).every((member) => members.has(member));
}

export function scoreRow(id: string, { score, percentile, date }: Epss): ScoreRow {
  return [id, score, percentile ?? null, date ?? null];
}

/** The vulnerability record of a row of a feed. */
export function scoreText(feed: string, [id, score, percentile, date]: ScoreRow): VulnerabilityRecord {
  const epss = { score, ...(percentile === null ? {} : { percentile }), ...(date === null ? {} : { date }) };
  return { feed, id, epss };
}

/** Rows by id, in its order, after some were put and others (an id alone) removed. */
export function changedRows(
  rows: readonly ScoreRow[],
  changes: readonly (ScoreRow | readonly [id: string])[],
): readonly ScoreRow[] {
  const byId = new Map(rows.map((row) => [row[0], row]));
  for (const change of changes) {
    if (change.length === 1) byId.delete(change[0]);
    else byId.set(change[0], change);
  }
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
