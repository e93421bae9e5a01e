import type { Advisory, AdvisoryGroup, VulnerabilityText } from '@clarion/model';

/** The complete advisory of one feed on a vulnerability of one package. */
export interface PackageStatement extends Pick<
  AdvisoryGroup,
  'feed' | 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme'
> {
  readonly advisory: Advisory;
}

/** A vulnerability id with everything known about it. */
export interface VulnerabilityStatements {
  readonly id: string;
  /** Other ids for the same vulnerability in vulnerability records and advisories, sorted. */
  readonly aliases: readonly string[];
  readonly texts: readonly VulnerabilityText[];
  /** One page of them, ordered by namespace, package, feed. */
  readonly statements: readonly PackageStatement[];
  /** The cursor for `after` of the next page. */
  readonly next?: string;
}

/** A vulnerability of one package of one namespace. */
export interface VulnerabilitySummary {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly statements: readonly PackageStatement[];
}

/** Key of an own vulnerability: its id in one namespace. */
export interface OwnVulnerabilityKey {
  /** `debian:12`, `amzn:2023`. */
  readonly namespace: string;
  /** `CVE-2024-1`, `ACME-2024-1`. */
  readonly id: string;
}

/** A stored own vulnerability. */
export interface OwnVulnerability extends OwnVulnerabilityKey {
  readonly groups: readonly AdvisoryGroup[];
  readonly text: VulnerabilityText | null;
}
