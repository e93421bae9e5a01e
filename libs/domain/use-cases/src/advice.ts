import type { Advisory, AdvisoryGroup, VulnerabilityText } from '@clarion/model';

/** What one feed says about a vulnerability of one package, whole. */
export interface PackageStatement extends Pick<
  AdvisoryGroup,
  'feed' | 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme'
> {
  readonly advisory: Advisory;
}

/** An identifier with everything that is known under it. */
export interface VulnerabilityStatements {
  readonly id: string;
  /** Other ids for the same vulnerability in vulnerability records and advisories, sorted. */
  readonly aliases: readonly string[];
  readonly texts: readonly VulnerabilityText[];
  /** One page of them, by namespace, package, feed. */
  readonly statements: readonly PackageStatement[];
  /** Goes into `after`. */
  readonly next?: string;
}

/** A vulnerability of one package of one namespace. */
export interface VulnerabilitySummary {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly statements: readonly PackageStatement[];
}

/** Names what this installation says about one vulnerability in one namespace. */
export interface OwnVulnerabilityKey {
  /** `debian:12`, `amzn:2023`. */
  readonly namespace: string;
  /** `CVE-2024-1`, `ACME-2024-1`. */
  readonly id: string;
}

/** What is stored of an own vulnerability. */
export interface OwnVulnerability extends OwnVulnerabilityKey {
  readonly groups: readonly AdvisoryGroup[];
  readonly text: VulnerabilityText | null;
}
