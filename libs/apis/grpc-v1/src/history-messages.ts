import type { ComparedFinding, ComparedImage, Comparison, FindingDifference, PackageView } from '@clarion/history';
import type { clarionV1 } from '@clarion/proto';
import type {
  FindingTimeline,
  ImageTimelineView,
  RevisionView,
  TagPeriodView,
  VulnerabilityTimelineView,
} from '@clarion/use-cases';
import { encodeAdvisory, encodeRecord } from './vulnerability-messages';
import { encodeCounts, encodeSeverity } from './words';

type Step = NonNullable<ImageTimelineView['steps']>[number];

function encodeCause(cause: Step['cause']): clarionV1.StepCause {
  const { kind } = cause;
  if (!('feed' in cause)) return { kind, feed: '', update: '', loaded: false };
  return { kind, feed: cause.feed, update: cause.update, loaded: cause.loaded === true };
}

export function encodeStep({ at, cause, added, gone, changed }: Step): clarionV1.TimelineStep {
  return { at, cause: encodeCause(cause), added: encodeCounts(added), gone: encodeCounts(gone), changed };
}

function encodePackage({ architecture, ...rest }: PackageView): clarionV1.PastPackage {
  return { ...rest, architecture: architecture ?? '' };
}

export function encodeFindingTimeline(finding: FindingTimeline): clarionV1.FindingTimeline {
  const { id, package: of, source, from, until, ended, steps, firstKnown, fixKnown, published, deadline } = finding;
  return {
    ...{ id, package: encodePackage(of), from, until: until ?? undefined, firstKnown },
    ended: ended === null ? undefined : encodeCause(ended.cause),
    steps: steps.map(encodeFindingStep),
    fixKnown: fixKnown ?? undefined,
    published: published ?? undefined,
    deadline: deadline && { ...deadline },
    source: source === null ? undefined : { ...source },
  };
}

function encodeFindingStep(step: FindingTimeline['steps'][number]): clarionV1.FindingStep {
  const { at, cause, ids, state, fixedIn, fixAvailableIn, severity, exploited, dueDate, kind, certainty } = step;
  return {
    ...{ at, cause: encodeCause(cause), ids: [...ids], state, fixAvailableIn, exploited, dueDate, kind, certainty },
    fixedIn: fixedIn ?? undefined,
    severity: encodeSeverity(severity),
  };
}

export function encodeTagPeriod(period: TagPeriodView): clarionV1.TagPeriod {
  const { digest, from, until, difference, steps, completeFrom, incomplete, missing } = period;
  return {
    ...{ digest, from, until: until ?? undefined },
    added: difference === null ? undefined : encodeCounts(difference.added),
    gone: difference === null ? undefined : encodeCounts(difference.gone),
    steps: (steps ?? []).map(encodeStep),
    completeFrom: completeFrom ?? undefined,
    incomplete: [...(incomplete ?? [])],
    missing: missing ?? undefined,
  };
}

export function encodeVulnerabilityTimeline(
  found: VulnerabilityTimelineView,
): clarionV1.GetVulnerabilityTimelineResponse {
  const { id, ids, items, knownSince, historyFrom, neverLoaded, since = [], next = '' } = found;
  return {
    ...{ id, ids: [...ids], steps: items.map(encodeVulnerabilityStep), neverLoaded: [...neverLoaded], next },
    knownSince: knownSince ?? undefined,
    historyFrom: historyFrom ?? undefined,
    since: since.map((one) => ({ ...one, until: one.until ?? undefined })),
  };
}

function encodeVulnerabilityStep(step: VulnerabilityTimelineView['items'][number]): clarionV1.VulnerabilityStep {
  const { at, feed, update, id } = step;
  if (step.kind === 'record') {
    const [before, after] = [step.before, step.after].map((record) =>
      record === null ? undefined : encodeRecord(record),
    );
    return { at, feed, update, id, before: [], after: [], recordBefore: before, recordAfter: after };
  }
  const { namespace, package: name, document, nameKind, scheme } = step;
  const encode = (advisory: (typeof step.before)[number]): clarionV1.PackageAdvisory =>
    encodeAdvisory({ feed, namespace, package: name, document, nameKind, scheme, advisory });
  const lists = { before: step.before.map(encode), after: step.after.map(encode) };
  return { at, feed, update, id, ...lists, recordBefore: undefined, recordAfter: undefined };
}

export function encodeComparison({
  a,
  b,
  summary: { added, changed, gone, unchanged },
  items,
  historyFrom,
  next = '',
}: Comparison): clarionV1.CompareImagesResponse {
  return {
    ...{ a: encodeCompared(a), b: encodeCompared(b), historyFrom: historyFrom ?? undefined, next },
    ...{ added: encodeCounts(added), changed: encodeCounts(changed) },
    ...{ gone: encodeCounts(gone), unchanged: encodeCounts(unchanged) },
    differences: items.map(encodeDifference),
  };
}

function encodeCompared({ digest, at, knownSince, incomplete, ...rest }: ComparedImage): clarionV1.ComparedImage {
  return {
    ...{ ...rest, digest: digest ?? '', incomplete: [...incomplete] },
    ...{ at: at ?? undefined, knownSince: knownSince ?? undefined },
  };
}

function encodeDifference(one: FindingDifference): clarionV1.FindingDifference {
  const { change, cause, place, changed, finding, before } = one;
  return {
    ...{ change, cause: cause ?? undefined, place, changed: [...changed] },
    finding: encodeComparedFinding(finding),
    before: before === null ? undefined : encodeComparedFinding(before),
  };
}

function encodeComparedFinding(finding: ComparedFinding): clarionV1.ComparedFinding {
  const {
    aliases,
    severity,
    fixedIn,
    nearestFix,
    fixAvailableIn,
    dueDate,
    kind,
    certainty,
    package: of,
    ...rest
  } = finding;
  return {
    ...{ ...rest, aliases: [...aliases], package: encodePackage(of), severity: encodeSeverity(severity) },
    ...{ fixedIn: fixedIn ?? undefined, nearestFix: nearestFix ?? undefined, fixAvailableIn, dueDate, kind, certainty },
  };
}

export function encodeRevision(found: RevisionView): clarionV1.FeedRevision {
  const { update, at, changes, first, revision, updatedAt, by } = found;
  return { update, at, changes, first, revision: revision ?? undefined, updatedAt: updatedAt ?? undefined, by };
}
