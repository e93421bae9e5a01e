import { type EffectiveImage, type FeedState, type Report } from '@clarion/model';
import { decideAll, type MatchFacts, onSettledFacts, scopedFacts } from '@clarion/matching';
import { coverageOf } from './coverage/coverage';
import { describeFindings } from './findings/describe-findings';
import { layerInstructions } from './inventory/instruction';
import { inventoryOf } from './inventory/inventory';
import { sortedFindings } from './findings/sort-findings';
import { suppressedFindings } from './findings/suppressed-findings';
import type { ReportOptions } from './report-options';
import { countApart, countBySeverity, isCounted, totalsOf } from './findings/counts';

/**
 * Joins the contents of an image with the current facts of the feeds: the whole native report. Opens no layer, and
 * depends only on its arguments: the same image, facts and options give the same report, in any order of either.
 * Only feeds of `options.feeds` take part (`scopedFacts`). Invalid versions, unknown schemes and missing feeds become
 * part of the report; it only rejects when the store does.
 */
export async function makeReport(image: EffectiveImage, stored: MatchFacts, options: ReportOptions): Promise<Report> {
  const facts = scopedFacts(stored, options.feeds);
  return onSettledFacts(facts, (states) => reportOnce({ image, states }, facts, options));
}

async function reportOnce(
  { image, states }: { readonly image: EffectiveImage; readonly states: readonly FeedState[] },
  facts: MatchFacts,
  options: ReportOptions,
): Promise<Report> {
  const { flaws, suppressed, undetermined, exceeded } = await decideAll(image, facts, options);
  const describing = { ...options, instructions: layerInstructions(image) };
  const findings = sortedFindings(await describeFindings(flaws, facts, describing));
  const matched = exceeded === undefined ? image : { ...image, problems: [...image.problems, exceeded] };
  const { problems, ecosystems: _, ...inventory } = inventoryOf(matched, options);
  return {
    ...inventory,
    findings,
    coverage: coverageOf({ image: matched, states, undetermined }, options),
    suppressed: await suppressedFindings(suppressed, facts, describing),
    problems,
    summary: countBySeverity(findings),
    totals: totalsOf(findings),
    ...(findings.every(isCounted) ? {} : { countedApart: countApart(findings) }),
  };
}
