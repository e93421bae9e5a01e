import {
  type EffectiveImage,
  type FeedState,
  type Report,
  sortedTexts,
  type SuppressedFinding,
  type SuppressingSource,
} from '@clarion/model';
import { decideAll, type MatchFacts, onSettledFacts, scopedFacts } from '@clarion/matching';
import { coverageOf } from './coverage/coverage';
import { describeFindings } from './findings/describe-findings';
import { layerInstructions } from './inventory/instruction';
import { inventoryOf } from './inventory/inventory';
import { sortedFindings } from './findings/sort-findings';
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
  const { flaws, suppressedBy, undetermined, exceeded } = await decideAll(image, facts, options);
  const findings = sortedFindings(
    await describeFindings(flaws, facts, { ...options, instructions: layerInstructions(image) }),
  );
  const matched = exceeded === undefined ? image : { ...image, problems: [...image.problems, exceeded] };
  const { problems, ecosystems: _, ...inventory } = inventoryOf(matched, options);
  return {
    ...inventory,
    findings,
    coverage: coverageOf({ image: matched, states, undetermined }, options),
    suppressed: suppressedOf(suppressedBy),
    problems,
    summary: countBySeverity(findings),
    totals: totalsOf(findings),
    ...(findings.every(isCounted) ? {} : { countedApart: countApart(findings) }),
  };
}

function suppressedOf(feeds: readonly string[]): SuppressedFinding {
  const sources = sortedTexts(feeds).map((id): SuppressingSource => {
    return { kind: 'own-data', id, findings: feeds.filter((feed) => feed === id).length };
  });
  return { findings: feeds.length, sources };
}
