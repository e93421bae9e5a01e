/**
 * Why vulnerabilities are not counted: the image is not indexed, a feed that speaks about its distribution was never loaded,
 * or no feed speaks about it.
 */
export const missingCounts = ['not-indexed', 'no-data', 'not-covered'] as const;
export type MissingCounts = (typeof missingCounts)[number];
