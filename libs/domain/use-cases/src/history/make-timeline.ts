import { factsAt, type FindingInterval, imageTimeline, type SubjectPeriod } from '@clarion/history';
import { decidedPieces, scopedFacts } from '@clarion/matching';
import {
  ClarionError,
  type EffectiveImage,
  type ReportGap,
  type SharedFacts,
  type UndeterminedPackage,
} from '@clarion/model';
import { imageGaps, type ReportOptions } from '@clarion/reporting';

/** A time line, and what may be missing in it. */
export interface MadeTimeline {
  readonly findings: readonly FindingInterval[];
  /** Why a report of the end of the period is not complete. */
  readonly incomplete: readonly ReportGap[];
}

/** An image as its detectors read it, up to a time; the last one has no end. */
export interface ImagePast extends SubjectPeriod {
  readonly subject: EffectiveImage;
}

/** What a time line is made from. */
export interface TimelineFacts {
  readonly store: SharedFacts;
  readonly options: ReportOptions;
  /** Ends the work with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The findings of an image through a period, by what each of its detectors found, oldest first, and whether a report of
 * the end would be complete. Throws `history-pruned` and `limit-exceeded`.
 */
export async function makeTimeline(
  past: readonly ImagePast[],
  period: { readonly from: string; readonly to: string },
  { store, options, signal }: TimelineFacts,
): Promise<MadeTimeline> {
  const { findings } = await imageTimeline(past, period, { store, options, signal });
  const last = past.find(({ until }) => until === undefined || until > period.to);
  const incomplete = last === undefined ? [] : await gapsAt(last.subject, period.to, { store, options });
  return { findings, incomplete };
}

/** Why a report on an image, as of a time, is not complete. */
async function gapsAt(
  image: EffectiveImage,
  at: string,
  { store, options }: { readonly store: SharedFacts; readonly options: ReportOptions },
): Promise<readonly ReportGap[]> {
  const then = { ...options, now: new Date(at) };
  const facts = scopedFacts((await factsAt(store, at)).facts, options.feeds);
  const undetermined: UndeterminedPackage[] = [];
  for await (const piece of decidedPieces(image, facts, then)) {
    if (piece.exceeded !== undefined) throw new ClarionError('limit-exceeded', piece.exceeded.message);
    undetermined.push(...piece.undetermined);
  }
  return imageGaps({ image, states: await facts.feedStates(), undetermined }, then);
}
