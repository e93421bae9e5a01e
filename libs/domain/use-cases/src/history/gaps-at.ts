import { decidedPieces, scopedFacts } from '@clarion/matching';
import { ClarionError, type ReportGap, type UndeterminedPackage } from '@clarion/model';
import { imageGaps } from '@clarion/reporting';
import { effectiveImage } from '../indexed-image';
import type { ReportDeps } from '../report-deps';
import type { SubmittedImage } from '../use-cases';
import { factsOfReport } from './report-options-at';

/** Why a report on an image, as of a time, is not complete. Throws `history-pruned` and `limit-exceeded`. */
export async function gapsAt(image: SubmittedImage, at: string, deps: ReportDeps): Promise<readonly ReportGap[]> {
  const known = await factsOfReport(deps, at);
  const composed = await effectiveImage(image, deps);
  const facts = scopedFacts(known.facts, known.options.feeds);
  const undetermined: UndeterminedPackage[] = [];
  for await (const piece of decidedPieces(composed, facts, known.options)) {
    if (piece.exceeded !== undefined) throw new ClarionError('limit-exceeded', piece.exceeded.message);
    undetermined.push(...piece.undetermined);
  }
  return imageGaps({ image: composed, states: await facts.feedStates(), undetermined }, known.options);
}
