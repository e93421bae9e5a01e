import type { Epss, VulnerabilityText } from '@clarion/model';

import { keyPart } from './keys';

/**
 * Texts that are a score and nothing else. There is one for every CVE there is, of a few bytes each, so those of ids that
 * differ in their last two characters share a document.
 */
export type ScoreRow = readonly [id: string, score: number, percentile: number | null, date: string | null];

const members: ReadonlySet<string> = new Set(['feed', 'id', 'epss']);

/** Whether a text is kept as a row. */
export function isScore(text: VulnerabilityText): text is VulnerabilityText & { readonly epss: Epss } {
  return text.epss !== undefined && Object.keys(text).every((member) => members.has(member)) && hasRow(text);
}

/** Whether scores of this id and feed are rows: the rows do not tell the feed, its document's key does. */
export function hasRow({ id, feed }: Pick<VulnerabilityText, 'id' | 'feed'>): boolean {
  return bucketOf(id) !== undefined && keyPart(feed) === feed;
}

/** Which document the scores of an id are in; undefined for ids that have none. */
export function bucketOf(id: string): string | undefined {
  // Only ids like those that scores are given for: with anything else, a bucket could grow without bound.
  return /^[A-Za-z]{2,8}-\d{1,8}-\d{3,12}$/.test(id) ? id.slice(0, -2) : undefined;
}

export function scoreRow({ id, epss }: { readonly id: string; readonly epss: Epss }): ScoreRow {
  return [id, epss.score, epss.percentile ?? null, epss.date ?? null];
}

/** The text that a row stands for. */
export function toText([id, score, percentile, date]: ScoreRow, feed: string): VulnerabilityText {
  const epss = { score, ...(percentile === null ? {} : { percentile }), ...(date === null ? {} : { date }) };
  return { feed, id, epss };
}
