import type { AdvisoryState } from './advisory';
import type { Digest } from './digest';
import type { PackageType } from './feature';
import type { MissingDocument } from './feed';
import type { ProblemCode } from './problem';
import type { Severity } from './severity';

/**
 * The native report. Names and shapes are a promise to users; `docs/schemas/report-v1.json` is its JSON Schema.
 * Arrays are sorted and times are those of the facts, so two runs on the same facts are byte-equal.
 */
export interface Report {
  readonly schemaVersion: 1;
  readonly clarion: { readonly version: string };
  readonly image: ReportImage;
  readonly namespaces: readonly ReportNamespace[];
  readonly packages: readonly ReportPackage[];
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  /** What own data hid: always told, so that no suppression is silent. */
  readonly suppressed: Suppressed;
  readonly problems: readonly ReportProblem[];
  /** Vulnerabilities by severity. */
  readonly summary: Readonly<Record<Severity, number>>;
  /** Findings that are not in the summary (`Finding.kind`, `Finding.certainty`); absent where there are none. */
  readonly countedApart?: CountedApart;
  /** Findings that a filter left out, neither in `findings` nor in `summary`; absent where there are none. */
  readonly filtered?: FilteredFindings;
}

/** Numbers of findings left out, each counted under the first filter that holds. */
export interface FilteredFindings {
  readonly unfixed: number;
  readonly kernelHeaders: number;
  readonly severity: number;
}

/** What is inside an image, without matching: `clarion packages`. */
export interface Inventory extends Pick<
  Report,
  'schemaVersion' | 'clarion' | 'image' | 'namespaces' | 'packages' | 'problems'
> {
  /** Ecosystems of which packages were recognised, that nothing looked at; absent when there are none. */
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
  readonly path: string;
  readonly layer: Digest;
  readonly purl: string;
}

/** A package that is itself malicious; a notice (unmaintained, unsound) that is no vulnerability. */
export type FindingKind = 'malicious' | 'informational';

/** Why it is less than certain that a package has a flaw: advisories tell of it for other architectures only. */
export type FindingCertainty = 'other-architecture';

/** Numbers of findings that are not counted with the vulnerabilities, each under one reason. */
export type CountedApart = Readonly<Record<FindingKind | 'otherArchitecture', number>>;

/** One vulnerability of one installed package, decided from all statements about it. */
export interface Finding {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** Who said so: a feed id, or null when nobody did. */
  readonly severitySource: string | null;
  /** All that was said about the severity, most believed first: the first one is the one chosen. */
  readonly severities: readonly FindingSeverity[];
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
  /** Who offers a fix that this image cannot get as it is (`ubuntu-pro`); absent when nobody does. */
  readonly fixAvailableIn?: string;
  /** Absent for a vulnerability. */
  readonly kind?: FindingKind;
  /** Absent for what is certain; else it is in no summary, and decides about no gate unless that is asked for. */
  readonly certainty?: FindingCertainty;
  readonly package: {
    readonly name: string;
    readonly version: string;
    readonly namespace: string;
    readonly architecture: string | null;
    readonly path: string;
    readonly layer: Digest;
  };
  readonly source: { readonly name: string; readonly version: string } | null;
  readonly statements: readonly Statement[];
  readonly description: string | null;
  /** `CWE-79`, … */
  readonly cwes: readonly string[];
  /** RFC 3339 or date: when the vulnerability was published. */
  readonly published: string | null;
  readonly epss: FindingEpss | null;
  /** Null where no feed knows of an exploit in use. */
  readonly knownExploited: FindingKnownExploited | null;
  readonly links: readonly string[];
}

/** A severity as a feed gives it, or as it follows from a CVSS vector that a feed gives. */
export interface FindingSeverity {
  /** Feed id. */
  readonly source: string;
  readonly severity: Severity;
  /** Who made the CVSS vector: `nvd@nist.gov`, a CNA. */
  readonly scoredBy: string | null;
  /** CVSS base score, computed from the vector. */
  readonly score: number | null;
  readonly vector: string | null;
}

/** How probably the vulnerability is exploited within 30 days. */
export interface FindingEpss {
  readonly score: number;
  readonly percentile: number | null;
  readonly date: string | null;
}

/** That the vulnerability is known to be exploited, and what is told about it. */
export interface FindingKnownExploited {
  readonly dateAdded: string;
  readonly dueDate: string | null;
  readonly requiredAction: string | null;
  readonly ransomware: boolean;
}

/** What one feed said, as it said it. */
export interface Statement {
  readonly feed: string;
  readonly id: string;
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
  readonly severity: string | null;
  readonly reason: string | null;
}

/** What the report can and cannot speak about; "0 vulnerabilities" never comes without it. */
export interface Coverage {
  readonly namespaces: readonly CoveredNamespace[];
  readonly uncovered: readonly UncoveredPackage[];
  /** Packages whose version or statements could not be compared, each with the reason. */
  readonly undetermined: readonly UndeterminedPackage[];
  readonly feeds: readonly FeedCoverage[];
  /** Ecosystems of which packages were recognised, that nothing looked at. */
  readonly ecosystems: readonly UncoveredEcosystem[];
  /** False when any layer, file, package or feed could not be taken into account, or a feed lacks documents about the image. */
  readonly complete: boolean;
}

export interface CoveredNamespace {
  readonly id: string;
  /** Feeds with data about exactly this namespace. */
  readonly feeds: readonly string[];
  /** RFC 3339 date of the end of the vendor's support; null where `support` says why there is none. */
  readonly endOfLife: string | null;
  /** `dated`: `endOfLife` tells; `rolling`: a release without an end; `unknown`: nobody has told this build. */
  readonly support: 'dated' | 'rolling' | 'unknown';
  /** Feeds that lack documents which would tell of flaws in it: it is only partly covered. Absent where none does. */
  readonly partial?: readonly PartialFeed[];
}

/** A feed that was read without documents that its upstream publishes. */
export interface PartialFeed {
  readonly feed: string;
  /** Names of the documents. */
  readonly missing: readonly string[];
  /** In words, with what helps (`describeMissing`). */
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
  /** How many files tell of them. */
  readonly files: number;
  readonly example: string;
  /** The lowest layer that has some. */
  readonly layer: Digest;
  readonly reason: string;
}

export interface UncoveredEcosystem extends UnreadEcosystem {
  /** Whoever asked for the report knows of this gap: it does not make the report incomplete. */
  readonly accepted: boolean;
}

export interface UndeterminedPackage extends UncoveredPackage {
  readonly vulnerability: string | null;
}

/** A feed that takes part in the report. */
export interface FeedCoverage {
  readonly id: string;
  readonly role: FeedRole;
  /** RFC 3339: when its newest facts are of; null when it was never loaded. */
  readonly updatedAt: string | null;
  /** Names the state of its data: equal data, equal revision. Null when it was never loaded. */
  readonly revision: string | null;
  readonly stale: boolean;
  /** Documents of it that were never there to be read: it is partial. Absent when nothing is missing. */
  readonly missing?: readonly MissingDocument[];
}

/**
 * What a report has a feed for. Without `advisories` or `own-data` it lacks findings; without `severities` it cannot rate
 * those that nobody else rates; without `scores` it lacks what EPSS and KEV tell.
 */
export const feedRoles = ['own-data', 'advisories', 'severities', 'scores'] as const;

export type FeedRole = (typeof feedRoles)[number];

/** Findings that own data says are none. The feeds of record alone would have reported them. */
export interface Suppressed {
  readonly findings: number;
  /** Who suppressed how many, by id. */
  readonly sources: readonly SuppressingSource[];
}

export interface SuppressingSource {
  readonly kind: 'own-data';
  /** Name of the own feed. */
  readonly id: string;
  readonly findings: number;
}

export interface ReportProblem {
  readonly layer: Digest | null;
  readonly path: string | null;
  readonly code: ProblemCode;
  readonly message: string;
}
