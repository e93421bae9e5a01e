import { baseLayers, type ComparedFinding, type ComparedSide, compareFindings, noFindings } from '@clarion/history';
import { ClarionError, type Digest, type EffectiveImage, type Finding } from '@clarion/model';
import { findingsOf } from '@clarion/reporting';
import { effectiveImage, requireIndexed } from '../indexed-image';
import type { ReportDeps } from '../report-deps';
import type { ComparedFindingView, FindingDifference } from './history-views';
import type { CompareAnswer, ComparePart, SidePart } from './part-types';
import { imageAt } from './image-at';
import { packageView } from './package-view';
import { factsOfReport } from './report-options-at';
import { requireDataAt } from './require-data-at';

export async function comparePart({ a, b, base, change, page }: ComparePart, deps: ReportDeps): Promise<CompareAnswer> {
  const layers = base === undefined ? undefined : (await requireIndexed(base, deps)).layers;
  const [before, after] = [await sideOf(a, deps, layers), await sideOf(b, deps, layers)];
  const all = compareFindings(before, after);
  const summary = { added: noFindings(), gone: noFindings(), unchanged: noFindings() };
  for (const one of all) summary[one.change][one.finding.severity] += 1;
  const shown = change === undefined ? all : all.filter((one) => one.change === change);
  const end = page.at + page.limit;
  return {
    summary,
    baseLayers: { a: before.base.size, b: after.base.size },
    items: shown.slice(page.at, end).map(viewOf),
    ...(end < shown.length && { next: String(end) }),
  };
}

async function sideOf(
  { digest, at }: SidePart,
  deps: ReportDeps,
  base: readonly Digest[] | undefined,
): Promise<ComparedSide> {
  const stored = imageAt(await requireIndexed(digest, deps), at);
  const known = await factsOfReport(deps, at);
  await requireDataAt(stored, known, at);
  const image: EffectiveImage = await effectiveImage(stored, deps);
  const { findings, exceeded } = await findingsOf(image, known.facts, known.options);
  if (exceeded !== undefined) {
    throw new ClarionError('limit-exceeded', `Comparing the image ${digest} needs too much work`);
  }
  return { digest, findings, features: image.features, base: baseLayers(image, base) };
}

function viewOf({ change, cause, place, finding, before }: ComparedFinding): FindingDifference {
  const view = findingView(finding);
  const was = before && findingView(before);
  const isSame = was === null || JSON.stringify(was) === JSON.stringify(view);
  return { change, cause, place, finding: view, before: isSame ? null : was };
}

function findingView({ id, aliases, severity, state, fixedIn, package: of }: Finding): ComparedFindingView {
  return { id, aliases, severity, state, fixedIn, package: packageView(of) };
}
