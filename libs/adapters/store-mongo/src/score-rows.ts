import type { Epss, VulnerabilityRecord } from '@clarion/model';
import { isScoreOnly } from '@clarion/store-rules';

import { keyPart } from './keys';

/** Whether a vulnerability record is stored as a row (`ScoreRow`) of the document of its bucket and feed. */
export function isScore(text: VulnerabilityRecord): text is VulnerabilityRecord & { readonly epss: Epss } {
  return isScoreOnly(text) && hasRow(text);
}

/**
 * Whether scores of this id and feed are stored as rows: rows do not contain the feed, the key of their document does.
 */
export function hasRow({ id, feed }: Pick<VulnerabilityRecord, 'id' | 'feed'>): boolean {
  return bucketOf(id) !== undefined && keyPart(feed) === feed;
}

/** Which document the scores of an id are in; undefined for ids that have none. */
export function bucketOf(id: string): string | undefined {
  // Only ids in the usual format: otherwise a bucket could grow without limit.
  return /^[A-Za-z]{2,8}-\d{1,8}-\d{3,12}$/.test(id) ? id.slice(0, -2) : undefined;
}
