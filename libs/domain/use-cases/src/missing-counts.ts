import { type ReportGap, reportGaps } from '@clarion/reporting';

/**
 * Why the vulnerabilities of an image may be more than those that are counted: it is not indexed, there are more than an
 * image may have, some are rated by nobody while a feed was not asked that may rate them, or its report has a gap.
 */
export const missingCounts = ['not-indexed', 'limit-reached', ...reportGaps, 'not-rated'] as const;
export type MissingCounts = 'not-indexed' | 'limit-reached' | 'not-rated' | ReportGap;
/** Images of which a search cannot tell whether they belong to what it found. */
export interface NotJudged {
  readonly images: number;
  /** Why, with the number of images of each reason. */
  readonly reasons: Readonly<Partial<Record<MissingCounts, number>>>;
  /** So many images were looked at: all of them, or the first thousand. */
  readonly of: number;
}
