import { imageTimeline, summarizeSteps, withKnownTimes } from '@clarion/history';
import type { Digest } from '@clarion/model';
import { matchOptions } from '../context';
import { effectiveImage, requireIndexed } from '../indexed-image';
import type { ReportDeps } from '../report-deps';
import type { FindingTimeline } from './history-views';
import type { TimelineAnswer, TimelinePart } from './part-types';
import { firstIndexedAt, periodsOf } from './image-at';
import { packageView } from './package-view';

const mostSteps = 1000;

/** The time line is made from the earliest time on, as only then it is known since when a finding is known. */
export async function timelinePart(
  digest: Digest,
  { earliest, from, to, page }: TimelinePart,
  deps: ReportDeps,
): Promise<TimelineAnswer> {
  const image = await requireIndexed(digest, deps);
  const images = [];
  for (const { image: known, until } of periodsOf(image)) {
    const subject = await effectiveImage(known, deps);
    images.push(until === undefined ? { subject } : { subject, until });
  }
  const options = matchOptions(deps, await deps.store.feedStates());
  const { findings } = await imageTimeline(images, { from: earliest, to }, { store: deps.store, options });
  const steps = summarizeSteps(findings).filter(({ at }) => at > from);
  const answer = { steps: steps.slice(-mostSteps) };
  if (page === undefined) return { ...answer, items: [] };
  const items = withKnownTimes(findings, firstIndexedAt(image) ?? null).filter(
    (one) => one.until === null || one.until > from,
  );
  const end = page.at + page.limit;
  return { ...answer, items: items.slice(page.at, end).map(viewOf), ...(end < items.length && { next: String(end) }) };
}

function viewOf({ ended, package: of, ...finding }: ReturnType<typeof withKnownTimes>[number]): FindingTimeline {
  return { ...finding, package: packageView(of), ended: ended && { at: ended.at, cause: ended.cause } };
}
