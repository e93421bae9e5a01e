import type { Digest, EffectiveImage, FindingChange, Page, Report, ReportGap } from '@clarion/model';
import { gapsOfReport, type ReportOptions } from '@clarion/reporting';
import { type ComparedFinding, comparedFinding } from './compared-finding';
import { baseLayers, type ComparedSide, type FindingPair } from './compare-findings';
import { type FindingCounts, noFindings } from './step-summary';

/**
 * The findings of two images, or of one at two times: the answer of REST, and of `clarion diff --format json`, whose
 * only page has all of them. `docs/schemas/comparison-v1.json` is its schema.
 */
export interface Comparison extends Page<FindingDifference> {
  readonly schemaVersion: 1;
  readonly a: ComparedImage;
  readonly b: ComparedImage;
  /** The log of changes begins there: nothing is known of earlier times. Null while nothing was deleted. */
  readonly historyFrom: string | null;
  readonly summary: ComparisonSummary;
}

export type ComparisonSummary = Readonly<Record<FindingChange, FindingCounts>>;

/** What a report says about one side of a comparison as a whole. */
export interface SideCoverage extends Pick<Report['image'], 'platform'>, Pick<Report['coverage'], 'complete'> {
  /** Why findings may be missing on this side; empty for a complete report. */
  readonly incomplete: readonly ReportGap[];
  /** Number of layers that count as those of its base image. */
  readonly baseLayers: number;
}

/** One side of a comparison. */
export interface ComparedImage extends SideCoverage {
  /** As it was asked for, without the time. */
  readonly reference: string;
  /** Null for what has none: a directory. */
  readonly digest: Digest | null;
  /** The time of the data; null: now. */
  readonly at: string | null;
  /** Since when the image and the feeds about it are known here: what is said of earlier times is less. */
  readonly knownSince: string | null;
}

/** A finding of two compared images. */
export interface FindingDifference extends Pick<FindingPair, 'change' | 'cause' | 'place' | 'changed'> {
  /** As in the second; as in the first where it is gone. */
  readonly finding: ComparedFinding;
  /** As in the first, where it changed. */
  readonly before: ComparedFinding | null;
}

/** What is compared, and what its report says of it as a whole. */
export interface ReportedSide extends ComparedSide {
  readonly coverage: SideCoverage;
}

/** A side of a comparison from the report of an image. `base`: the layers of its base image, where they are known. */
export function reportedSide(
  image: EffectiveImage,
  report: Report,
  { feeds, base }: Pick<ReportOptions, 'feeds'> & { readonly base?: readonly Digest[] | undefined },
): ReportedSide {
  const { platform, manifestDigest } = report.image;
  const ofBase = baseLayers(image, base);
  const incomplete = gapsOfReport(report, feeds);
  return {
    digest: manifestDigest ?? image.layers.join(' '),
    findings: report.findings,
    features: image.features,
    base: ofBase,
    coverage: { platform, complete: incomplete.length === 0, incomplete, baseLayers: ofBase.size },
  };
}

export function differenceOf({ change, cause, place, changed, finding, before }: FindingPair): FindingDifference {
  const was = change === 'changed' && before !== null ? comparedFinding(before) : null;
  return { change, cause, place, changed, finding: comparedFinding(finding), before: was };
}

/** Findings by what happened to them and by severity; a changed one by the severity that it has now. */
export function countPairs(pairs: readonly FindingPair[]): ComparisonSummary {
  const summary = { added: noFindings(), changed: noFindings(), gone: noFindings(), unchanged: noFindings() };
  for (const { change, finding } of pairs) summary[change][finding.severity] += 1;
  return summary;
}
