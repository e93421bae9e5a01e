// What Clair v4 sends: names and shapes are those of its wire format.

/** A package of a report, or its source. */
export interface ClairPackage {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** In lower case, unlike Clair's own OpenAPI document. */
  readonly kind: 'source' | 'binary';
  /** Absent, and never null, where there is none. */
  readonly source?: ClairPackage;
  /** Empty: Clair's ordering of versions as numbers is not needed by any client. */
  readonly normalized_version: string;
  readonly module?: string;
  readonly arch?: string;
  /** CPE 2.3, or empty. */
  readonly cpe: string;
}

export interface ClairDistribution {
  readonly id: string;
  readonly did: string;
  readonly name: string;
  readonly version: string;
  readonly version_code_name: string;
  readonly version_id: string;
  readonly arch: string;
  readonly cpe: string;
  readonly pretty_name: string;
}

export interface ClairRepository {
  readonly id: string;
  readonly name: string;
  /** Absent where it is not known. */
  readonly uri?: string;
  readonly cpe: string;
}

/** Where a package is in an image. */
export interface ClairEnvironment {
  readonly package_db: string;
  /** Digest of a layer. */
  readonly introduced_in: string;
  /** Empty where there is none. */
  readonly distribution_id: string;
  readonly repository_ids: readonly string[];
}

export type ClairSeverity = 'Unknown' | 'Negligible' | 'Low' | 'Medium' | 'High' | 'Critical';

export interface ClairVulnerability {
  readonly id: string;
  readonly updater: string;
  readonly name: string;
  readonly description: string;
  /** RFC 3339; `0001-01-01T00:00:00Z` where it is not known. */
  readonly issued: string;
  /** Separated by blanks. */
  readonly links: string;
  readonly severity: string;
  readonly normalized_severity: ClairSeverity;
  readonly package: ClairPackage;
  readonly distribution?: ClairDistribution;
  readonly repository?: ClairRepository;
  /** Empty where no fix is known. */
  readonly fixed_in_version: string;
  readonly arch_op: 'equals';
}

/** CVSS data as in the NVD. */
export interface CvssEnrichment {
  readonly version: string;
  readonly vectorString: string;
  readonly baseScore: number;
  readonly baseSeverity: string;
}

/** The states of an index report that are sent. */
export type ClairIndexState = 'CheckManifest' | 'ScanLayers' | 'IndexError' | 'IndexFinished';
