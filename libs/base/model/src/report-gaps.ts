/**
 * Why a report is not complete: a feed that covers the image was never loaded or has nothing about its release; no feed
 * covers its distribution; a feed lacks documents about the image; packages belong to no known distribution; no package
 * was found; layers or files could not be read; packages of ecosystems that no detector reads; versions or advisories
 * that cannot be compared; old data.
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
 * Why an image may have more vulnerabilities than were counted: it is not indexed, it exceeds the limit for an image,
 * some are unrated while a feed that may rate them was not asked, or its report has a gap.
 */
export const missingCounts = ['not-indexed', 'limit-reached', ...reportGaps, 'not-rated'] as const;
export type MissingCounts = 'not-indexed' | 'limit-reached' | 'not-rated' | ReportGap;
