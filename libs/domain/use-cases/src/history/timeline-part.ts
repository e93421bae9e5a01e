import {
  type DeadlineMoment,
  intervalDeadline,
  packageView,
  summarizeSteps,
  suspendedIntervals,
  withKnownTimes,
} from '@clarion/history';
import type { Digest } from '@clarion/model';
import type { DeadlinePolicy } from '@clarion/policy';
import { matchOptions } from '../context';
import { requireIndexed } from '../indexed-image';
import type { ReportDeps } from '../report-deps';
import type { DeadlineCounts, FindingTimeline } from './history-views';
import type { TimelineAnswer, TimelinePart } from './part-types';
import { firstIndexedAt } from './image-at';
import { makeTimeline } from './make-timeline';
import { pastOfImage } from './past-of-image';

/** What an answer about the past is made from, until the signal aborts. */
export type HistoryDeps = ReportDeps & { readonly signal?: AbortSignal | undefined };

const mostSteps = 1000;

/** The time line is made from the earliest time on, as only then it is known since when a finding is known. */
export async function timelinePart(
  digest: Digest,
  { earliest, from, to, page, deadlines: policy }: TimelinePart,
  deps: HistoryDeps,
): Promise<TimelineAnswer> {
  const image = await requireIndexed(digest, deps);
  const options = matchOptions(deps, await deps.store.feedStates());
  const made = await makeTimeline(
    await pastOfImage(image, deps),
    { from: earliest, to },
    { store: deps.store, options, signal: deps.signal },
  );
  const { findings, incomplete } = made;
  const steps = summarizeSteps(findings).filter(({ at }) => at > from);
  const answer = { steps: steps.slice(-mostSteps), incomplete };
  if (page === undefined) return { ...answer, items: [] };
  const indexedAt = firstIndexedAt(image);
  const all = withKnownTimes(findings, indexedAt ?? null);
  const known = all.filter((one) => one.until === null || one.until > from);
  const moment = { indexedAt: indexedAt ?? earliest, at: to };
  const items = policy === undefined ? known : withDeadlines(known, { all, moment, policy });
  const end = page.at + page.limit;
  return {
    ...answer,
    ...(policy !== undefined && { deadlines: countDeadlines(items) }),
    items: items.slice(page.at, end).map(viewOf),
    ...(end < items.length && { next: String(end) }),
  };
}

type KnownFinding = ReturnType<typeof withKnownTimes>[number];
type DatedFinding = KnownFinding & Pick<FindingTimeline, 'deadline'>;

interface DatingFindings {
  /** Also those that were gone before. */
  readonly all: readonly KnownFinding[];
  readonly moment: DeadlineMoment;
  readonly policy: DeadlinePolicy;
}

function withDeadlines(
  findings: readonly KnownFinding[],
  { all, moment, policy }: DatingFindings,
): readonly DatedFinding[] {
  const suspended = suspendedIntervals(all);
  return findings.map((one) => {
    const deadline = intervalDeadline({ ...one, suspended: suspended.get(one) ?? [] }, moment, policy);
    return deadline === undefined ? one : { ...one, deadline };
  });
}

function countDeadlines(items: readonly DatedFinding[]): DeadlineCounts {
  const counts = { met: 0, due: 0, overdue: 0 };
  for (const { until, deadline } of items) if (until === null && deadline !== undefined) counts[deadline.state] += 1;
  return counts;
}

function viewOf({ ended, package: of, ...finding }: DatedFinding): FindingTimeline {
  return { ...finding, package: packageView(of), ended: ended && { at: ended.at, cause: ended.cause } };
}
