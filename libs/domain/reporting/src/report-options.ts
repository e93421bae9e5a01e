import type { DecideAllOptions, MatchOptions } from '@clarion/matching';
import type { SeveritySourceKind } from './findings/severity-source-kind';

/** What a report depends on, apart from the image and the facts. */
export interface ReportOptions extends MatchOptions, Pick<DecideAllOptions, 'decisions'> {
  /** Decides which feeds are stale, and nothing else. */
  readonly now: Date;
  /** Oldest acceptable feed data; default: four refresh intervals, at least two days. */
  readonly maxFeedAgeMinutes?: number;
  /** Kinds of sources of severities, most trusted first; those left out come last. Default: `severitySourceKinds`. */
  readonly severityOrder?: readonly SeveritySourceKind[];
  readonly clarionVersion: string;
  /** Whether to list what is suppressed, not only count it. */
  readonly listSuppressed?: boolean;
  /** Ecosystems that are known not to be looked at: packages of these do not make a report incomplete. */
  readonly acceptedEcosystems?: readonly string[];
}

/** What findings depend on, where the rest of the report is not made. */
export type FindingOptions = DecideAllOptions & Pick<ReportOptions, 'severityOrder'>;
