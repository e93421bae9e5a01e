import type { CvssVector } from '@clarion/model';

/**
 * Whose word a severity is, most believed first: the statement about this package and release; what the feed that made
 * it says about the vulnerability; CVSS as NVD sees it first, as the CNA made it, as anybody made it; any other feed.
 */
export const severityOrigins = ['statement', 'advisory', 'nvd', 'cna', 'cvss', 'other'] as const;
export type SeverityOrigin = (typeof severityOrigins)[number];

/** Whose word a CVSS vector is that a feed reports. */
export function originOf({ primary, cna }: CvssVector): SeverityOrigin {
  if (primary === true) return 'nvd';
  return cna === true ? 'cna' : 'cvss';
}
