/**
 * Why a report is not complete: a feed that speaks about the image was never loaded or has nothing about its release; no feed
 * speaks about its distribution; a feed lacks documents about the image; packages belong to no known distribution; no package
 * was found; layers or files could not be read; packages of ecosystems that no detector reads; versions or statements that
 * cannot be compared; old data.
 */
export const reportGaps = [
  'no-data',
  'not-covered',
  'partial',
  'unknown-distribution',
  'no-packages',
  'problems',
  'not-read',
  'undetermined',
  'stale',
] as const;
export type ReportGap = (typeof reportGaps)[number];

/**
 * Why the vulnerabilities of an image may be more than those that are counted: it is not indexed, there are more than an
 * image may have, some are rated by nobody while a feed was not asked that may rate them, or its report has a gap.
 */
export const missingCounts = ['not-indexed', 'limit-reached', ...reportGaps, 'not-rated'] as const;
export type MissingCounts = 'not-indexed' | 'limit-reached' | 'not-rated' | ReportGap;
