import { type FindingInterval, imageTimeline, knownTimes, summarizeSteps } from '@clarion/history';
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
  return { ...answer, items: items.slice(page.at, end), ...(end < items.length && { next: String(end) }) };
}

function withKnownTimes(findings: readonly FindingInterval[], indexedAt: string | null): readonly FindingTimeline[] {
  const flaws = new Map<string, FindingInterval[]>();
  const keyOf = ({ id, package: of }: FindingInterval): string =>
    JSON.stringify([id, of.type, of.namespace, of.name, of.version, of.architecture, of.path]);
  for (const one of findings) {
    const known = flaws.get(keyOf(one));
    if (known === undefined) flaws.set(keyOf(one), [one]);
    else known.push(one);
  }
  return findings.flatMap((one) => {
    const times = knownTimes(flaws.get(keyOf(one)) ?? [one], indexedAt);
    if (times === undefined) return [];
    const { ended, package: of, ...interval } = one;
    const end = ended && { at: ended.at, cause: ended.cause };
    return [{ ...interval, ...times, package: packageView(of), ended: end }];
  });
}
