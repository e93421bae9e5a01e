/**
 * Why vulnerabilities are not counted: the image is not indexed, a feed that speaks about its distribution was never loaded,
 * no feed speaks about it, there are more than an image may have, or some are rated by nobody while a feed that would rate them
 * was never loaded.
 */
export const missingCounts = ['not-indexed', 'no-data', 'not-covered', 'limit-reached', 'not-rated'] as const;
export type MissingCounts = (typeof missingCounts)[number];
/** Images of which a search cannot tell whether they belong to what it found. */
export interface NotJudged {
  readonly images: number;
  /** Why, with the number of images of each reason. */
  readonly reasons: Readonly<Partial<Record<MissingCounts, number>>>;
  /** So many images were looked at: all of them, or the first thousand. */
  readonly of: number;
}
