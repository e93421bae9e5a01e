import { compareFindings, countPairs, differenceOf, type ReportedSide, reportedSide } from '@clarion/history';
import { ClarionError, type Digest, type EffectiveImage } from '@clarion/model';
import { matchPackages, reportOf } from '@clarion/reporting';
import { effectiveImage, requireIndexed } from '../indexed-image';
import type { ReportDeps } from '../report-deps';
import type { CompareAnswer, ComparePart, SidePart } from './part-types';
import { imageAt } from './image-at';
import { factsOfReport } from './report-options-at';
import { requireDataAt } from './require-data-at';

export async function comparePart({ a, b, base, change, page }: ComparePart, deps: ReportDeps): Promise<CompareAnswer> {
  const layers = base === undefined ? undefined : (await requireIndexed(base, deps)).layers;
  const [before, after] = [await sideOf(a, deps, layers), await sideOf(b, deps, layers)];
  const all = compareFindings(before, after);
  const shown = change === undefined ? all : all.filter((one) => one.change === change);
  const end = page.at + page.limit;
  return {
    ...{ a: before.coverage, b: after.coverage, summary: countPairs(all) },
    items: shown.slice(page.at, end).map(differenceOf),
    ...(end < shown.length && { next: String(end) }),
  };
}

async function sideOf(
  { digest, at }: SidePart,
  deps: ReportDeps,
  base: readonly Digest[] | undefined,
): Promise<ReportedSide> {
  const stored = imageAt(await requireIndexed(digest, deps), at);
  const known = await factsOfReport(deps, at);
  await requireDataAt(stored, known, at);
  const image: EffectiveImage = await effectiveImage(stored, deps);
  const matched = await matchPackages(image, known.facts, known.options);
  if (matched.exceeded !== undefined) {
    throw new ClarionError('limit-exceeded', `Comparing the image ${digest} needs too much work`);
  }
  return reportedSide(image, reportOf(image, matched, known.options), { feeds: known.options.feeds, base });
}
