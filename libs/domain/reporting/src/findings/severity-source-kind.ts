import type { CvssVector } from '@clarion/model';

/**
 * Where a severity comes from, most trusted first: the advisory for this package and release; what the feed of the
 * advisory says about the vulnerability; CVSS by NVD, by the CNA, by anyone else; any other feed.
 */
export const severitySourceKinds = ['advisory', 'record', 'nvd', 'cna', 'cvss', 'other'] as const;
export type SeveritySourceKind = (typeof severitySourceKinds)[number];

/** The kind of source of a CVSS vector that a feed reports. */
export function sourceKindOf({ primary, cna }: CvssVector): SeveritySourceKind {
  if (primary === true) return 'nvd';
  return cna === true ? 'cna' : 'cvss';
}
