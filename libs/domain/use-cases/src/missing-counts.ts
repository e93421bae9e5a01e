/**
 * Why vulnerabilities are not counted: the image is not indexed, a feed that speaks about its distribution was never loaded,
 * no feed speaks about it, or there are more than an image may have.
 */
export const missingCounts = ['not-indexed', 'no-data', 'not-covered', 'limit-reached'] as const;
export type MissingCounts = (typeof missingCounts)[number];
