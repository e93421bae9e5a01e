import type { AdvisoryState } from './advisory';
import type { Digest } from './digest';
import type { PackageType } from './feature';
import type { MissingDocument } from './feed';
import type { ProblemCode } from './problem';
import type { Severity } from './severity';

/**
 * The native report. Names and shapes are a stable interface; `docs/schemas/report-v1.json` is its JSON Schema. Arrays
 * are sorted and times are those of the facts, so two runs on the same facts are byte-equal.
 */
export interface Report {
  readonly schemaVersion: 1;
  readonly clarion: { readonly version: string };
  readonly image: ReportImage;
  readonly namespaces: readonly ReportNamespace[];
  readonly packages: readonly ReportPackage[];
  readonly findings: readonly Finding[];
  readonly coverage: ReportCoverage;
  /** What own data, or a distribution about its own files, suppressed: always counted, so that none is silent. */
  readonly suppressed: SuppressedFindings;
  readonly problems: readonly ReportProblem[];
  /** Vulnerabilities by severity. */
  readonly summary: Readonly<Record<Severity, number>>;
  /** The same vulnerabilities, counted in two ways. */
  readonly totals: ReportTotals;
  /** Findings that are not in the summary (`Finding.kind`, `Finding.certainty`); absent where there are none. */
  readonly countedApart?: CountedApart;
  /** Findings that a filter left out, neither in `findings` nor in `summary`; absent where there are none. */
  readonly filtered?: FilteredFindings;
}

/** One vulnerability of three packages is one unique vulnerability and three occurrences. */
export interface ReportTotals {
  readonly uniqueVulnerabilities: number;
  /** The sum of the summary. */
  readonly occurrences: number;
}

/** Numbers of findings left out, each counted under the first matching filter. */
export interface FilteredFindings {
  readonly unfixed: number;
  readonly kernelHeaders: number;
  readonly severity: number;
}

/** The content of an image, without matching: `clarion packages`. */
export interface ImageInventory extends Pick<
  Report,
  'schemaVersion' | 'clarion' | 'image' | 'namespaces' | 'packages' | 'problems'
> {
  /** Ecosystems with recognised packages that no detector read; absent when there are none. */
  readonly ecosystems?: readonly UnreadEcosystem[];
}

export interface ReportImage {
  readonly reference: string;
  readonly manifestDigest: Digest | null;
  readonly platform: string;
  readonly layers: readonly ReportLayer[];
}

export interface ReportLayer {
  readonly diffId: Digest;
  readonly digest: Digest | null;
  readonly createdBy: string | null;
}

export interface ReportNamespace {
  readonly id: string;
  readonly path: string;
  readonly layer: Digest;
}

export interface ReportPackage {
  readonly name: string;
  readonly version: string;
  readonly namespace: string | null;
  readonly type: PackageType;
  readonly architecture: string | null;
  readonly source: string | null;
  readonly sourceVersion: string | null;
  readonly module: string | null;
  /** The file that proves the package; in an archive `a.ear!/b.war!/c.jar`. */
  readonly path: string;
  readonly layer: Digest;
  readonly purl: string;
  /** An SPDX expression where the license is known by one, else as its metadata states it; absent where it states none. */
  readonly license?: string;
  /** CPE 2.3, only of runtimes that are recognised as programs. */
  readonly cpe?: string;
  /** Absent for packages of distributions. */
  readonly confidence?: PackageConfidence;
  /** Name of the distribution's package that owns the file at `path`; absent for packages without such an owner. */
  readonly owner?: string;
}

/** Inferred: only indirect evidence names the package, such as the manifest or the file name of an archive. */
export type PackageConfidence = 'exact' | 'inferred';

/** A package that is itself malicious; a notice (unmaintained, unsound) that is not a vulnerability. */
export type FindingKind = 'malicious' | 'informational';

/** Why a finding is uncertain: the advisories name other architectures only. */
export type FindingCertainty = 'other-architecture';

/** Numbers of findings that are not counted as vulnerabilities, each under one reason. */
export type CountedApart = Readonly<Record<FindingKind | 'otherArchitecture', number>>;

/** One vulnerability of one installed package, decided from all advisories for it. */
export interface Finding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** The source of the severity: a feed id, or null when no source has one. */
  readonly severitySource: string | null;
  /** All available severities, most trusted first: the first one is the one chosen. */
  readonly severities: readonly FindingSeverity[];
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
  /**
   * Of a package of a language with a fix: the lowest fixed version of the major line that is installed; null where
   * only another line has a fix.
   */
  readonly nearestFix?: string | null;
  /**
   * The lowest version that fixes this one and all other vulnerabilities of the package that have a fix, where these
   * have different ones. Not part of the JSON report.
   */
  readonly fixesAll?: string;
  /** What to do, for packages of languages: `upgrade lodash to 4.17.21 in app/node_modules/lodash`. */
  readonly remedy?: string;
  /** Who offers a fix that this image cannot get in its current state (`ubuntu-pro`); absent when nobody does. */
  readonly fixAvailableIn?: string;
  /** Absent for a vulnerability. */
  readonly kind?: FindingKind;
  /** Absent when certain; otherwise it is in no summary, and affects no gate unless requested. */
  readonly certainty?: FindingCertainty;
  readonly package: {
    readonly name: string;
    readonly version: string;
    readonly namespace: string;
    /** As in `ReportPackage`, with `purl`. */
    readonly type: PackageType;
    readonly architecture: string | null;
    readonly path: string;
    readonly layer: Digest;
    readonly purl: string;
    /** The Dockerfile instruction that made the layer (`RUN npm ci`); absent where the image does not say. */
    readonly instruction?: string;
    readonly confidence?: PackageConfidence;
    /** As in `ReportPackage`. */
    readonly owner?: string;
  };
  readonly source: { readonly name: string; readonly version: string } | null;
  readonly statements: readonly FindingAdvisory[];
  readonly description: string | null;
  /** `CWE-79`, … */
  readonly cwes: readonly string[];
  /** RFC 3339 or date: when the vulnerability was published. */
  readonly published: string | null;
  readonly epss: FindingEpss | null;
  /** Null where no feed lists a known exploit. */
  readonly knownExploited: FindingKnownExploited | null;
  readonly links: readonly string[];
}

/** A severity as a feed gives it, or as derived from a CVSS vector of a feed. */
export interface FindingSeverity {
  /** Feed id. */
  readonly source: string;
  readonly severity: Severity;
  /** The author of the CVSS vector: `nvd@nist.gov`, a CNA. */
  readonly scoredBy: string | null;
  /** CVSS base score, computed from the vector. */
  readonly score: number | null;
  readonly vector: string | null;
}

/** The probability that the vulnerability is exploited within 30 days. */
export interface FindingEpss {
  readonly score: number;
  readonly percentile: number | null;
  readonly date: string | null;
}

/** The known exploitation of the vulnerability, with the details of the catalogue. */
export interface FindingKnownExploited {
  readonly dateAdded: string;
  readonly dueDate: string | null;
  readonly requiredAction: string | null;
  readonly ransomware: boolean;
}

/** The advisory of one feed, unchanged. */
export interface FindingAdvisory {
  readonly feed: string;
  readonly id: string;
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
  readonly severity: string | null;
  readonly reason: string | null;
}

/** What the report can and cannot cover; "0 vulnerabilities" never comes without it. */
export interface ReportCoverage {
  readonly namespaces: readonly CoveredNamespace[];
  readonly uncovered: readonly UncoveredPackage[];
  /** Packages whose version or advisories could not be compared, each with the reason. */
  readonly undetermined: readonly UndeterminedPackage[];
  readonly feeds: readonly FeedCoverage[];
  /** Ecosystems with recognised packages that no detector read. */
  readonly ecosystems: readonly UncoveredEcosystem[];
  /**
   * False when any layer, file, package or feed could not be taken into account, or a feed lacks documents about the
   * image.
   */
  readonly complete: boolean;
}

export interface CoveredNamespace {
  readonly id: string;
  /** Feeds with data about exactly this namespace. */
  readonly feeds: readonly string[];
  /** RFC 3339 date of the end of the vendor's support; null where `support` gives the reason. */
  readonly endOfLife: string | null;
  /** `dated`: see `endOfLife`; `rolling`: a release without an end; `unknown`: this build does not know. */
  readonly support: 'dated' | 'rolling' | 'unknown';
  /**
   * Feeds that lack documents which would report vulnerabilities in it: it is only partly covered. Absent where no feed
   * does.
   */
  readonly partial?: readonly PartialFeed[];
}

/** A feed that was read without documents that its upstream publishes. */
export interface PartialFeed {
  readonly feed: string;
  /** Names of the documents. */
  readonly missing: readonly string[];
  /** A sentence with the remedy (`describeMissing`). */
  readonly reason: string;
}

export interface UncoveredPackage {
  readonly package: string;
  readonly version: string;
  readonly namespace: string | null;
  readonly reason: string;
}

/** Packages that were recognised, and that no detector reads. */
export interface UnreadEcosystem {
  /** The type of package URLs: `npm`, `pypi`; `generic` for programs. */
  readonly id: string;
  /** Number of files that indicate them. */
  readonly files: number;
  readonly example: string;
  /** The lowest layer with such a file. */
  readonly layer: Digest;
  readonly reason: string;
  /** Ids of the detectors of Clarion that read such files and are off, sorted; absent when there are none. */
  readonly detectorsOff?: readonly string[];
}

export interface UncoveredEcosystem extends UnreadEcosystem {
  /** The requester of the report accepts this gap: it does not make the report incomplete. */
  readonly accepted: boolean;
}

export interface UndeterminedPackage extends UncoveredPackage {
  readonly vulnerability: string | null;
  /** No advisory names the package: nothing is missed, and the report may be complete. Absent where any does. */
  readonly noAdvisories?: true;
}

/** A feed that takes part in the report. */
export interface FeedCoverage {
  readonly id: string;
  readonly role: FeedRole;
  /**
   * RFC 3339: the time of its newest facts, as their source stated it when they were first read here; null when it was
   * never loaded. A later comparison that finds the same leaves it.
   */
  readonly updatedAt: string | null;
  /** Identifies the state of its data: equal data, equal revision. Null when it was never loaded. */
  readonly revision: string | null;
  readonly stale: boolean;
  /** Documents of it that never existed here: the feed is partial. Absent when nothing is missing. */
  readonly missing?: readonly MissingDocument[];
}

/**
 * The role of a feed in a report. Without `advisories` or `own-data` it lacks findings; without `severities` it cannot
 * rate those that no other feed rates; without `scores` it lacks the data of EPSS and KEV.
 */
export const feedRoles = ['own-data', 'advisories', 'severities', 'scores'] as const;

export type FeedRole = (typeof feedRoles)[number];

/** Findings that the feeds of a package alone would have reported. */
export interface SuppressedFindings {
  readonly findings: number;
  /** How many each source suppressed, by id. */
  readonly sources: readonly SuppressingSource[];
  /** All of them, in the order of findings; only on request. */
  readonly list?: readonly SuppressedFinding[];
}

/**
 * `own-data`: an own feed; `distribution`: the distribution whose package owns the file that proves the package;
 * `program`: the program links none of the functions with the flaw.
 */
export type SuppressionKind = 'own-data' | 'distribution' | 'program';

export interface SuppressingSource {
  readonly kind: SuppressionKind;
  /** Name of the own feed, namespace of the distribution (`debian:12`), or name of the feed that lists functions. */
  readonly id: string;
  readonly findings: number;
}

/** Why a finding is suppressed. */
export interface Suppression {
  readonly kind: SuppressionKind;
  /** As in `SuppressingSource`. */
  readonly id: string;
  /** A sentence without a full stop. */
  readonly reason: string;
}

export interface SuppressedFinding extends Finding {
  readonly suppressedBy: Suppression;
}

export interface ReportProblem {
  readonly layer: Digest | null;
  readonly path: string | null;
  readonly code: ProblemCode;
  readonly message: string;
}
