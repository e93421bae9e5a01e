import { compareText, type Finding } from '@clarion/model';
import type { DescribedFinding } from './describe-segments';
import type { IdsNow } from './ids-now';
import type { TimelineStep } from './timeline-step';

/** What was known of a finding from a step on. */
export interface FindingStep
  extends TimelineStep, Pick<Finding, 'state' | 'fixedIn' | 'fixAvailableIn' | 'severity' | 'kind' | 'certainty'> {
  /** All ids under which it was known then, the one of the finding first. */
  readonly ids: readonly string[];
  /** Whether a feed listed it as exploited. */
  readonly exploited: boolean;
  /** The date by which the catalogue of exploited vulnerabilities demands action; absent where it does not. */
  readonly dueDate?: string;
}

/** A finding from when it appeared until it was gone. A finding that was withdrawn and came back has two of them. */
export interface FindingInterval {
  /** The id of the flaw as it is now. */
  readonly id: string;
  readonly package: Finding['package'];
  readonly source: Finding['source'];
  /** RFC 3339. */
  readonly from: string;
  /** Null: it is there at the end of the period. */
  readonly until: string | null;
  /** Why it is gone; null while it is there. */
  readonly ended: TimelineStep | null;
  /** The first one says why it appeared, the others what changed since. */
  readonly steps: readonly FindingStep[];
  /** Date of the vulnerability, as known last. */
  readonly published: string | null;
}

/** What reports said of one package, in the order of the steps, as intervals of its flaws by the ids that they have now. */
export function findingIntervals(described: readonly DescribedFinding[], ids: IdsNow): readonly FindingInterval[] {
  const flaws = new Map<string, DescribedFinding[]>();
  const lastIds = lastKnownIds(described);
  for (const one of described) {
    for (const id of ids.of(one.id) ?? [lastIds.get(one.id) ?? one.id]) {
      const known = flaws.get(id);
      if (known === undefined) flaws.set(id, [one]);
      else known.push(one);
    }
  }
  return [...flaws].flatMap(([id, of]) => intervalsOf(id, of));
}

/** The last id of the finding that each id was an alias of. */
function lastKnownIds(described: readonly DescribedFinding[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { id, finding } of described) for (const alias of finding?.aliases ?? []) last.set(alias, id);
  return last;
}

/** What is known of a flaw, by the id that it had: before two ids were known to be one, it may have been two findings. */
function intervalsOf(id: string, described: readonly DescribedFinding[]): readonly FindingInterval[] {
  const intervals: OpenInterval[] = [];
  const now = new Map<string, Finding>();
  let open: OpenInterval | undefined;
  for (const [step, changes] of bySteps(described)) {
    for (const { id: raw, finding } of changes) {
      if (finding === null) now.delete(raw);
      else now.set(raw, finding);
    }
    const chosen = now.get(id) ?? [...now].sort(([a], [b]) => compareText(a, b))[0]?.[1];
    if (chosen === undefined) {
      if (open !== undefined) open.ended = step;
      open = undefined;
      continue;
    }
    if (open === undefined) intervals.push((open = { steps: [], last: chosen, ended: null }));
    open.last = chosen;
    const next = findingStep(step, chosen, [...now.values()]);
    if (!isSame(open.steps.at(-1), next)) open.steps.push(next);
  }
  return intervals.map(({ steps, last, ended }) => ({
    id,
    package: last.package,
    source: last.source,
    from: steps[0]?.at ?? '',
    until: ended?.at ?? null,
    ended,
    steps,
    published: last.published,
  }));
}

interface OpenInterval {
  readonly steps: FindingStep[];
  last: Finding;
  ended: TimelineStep | null;
}

function bySteps(described: readonly DescribedFinding[]): ReadonlyMap<TimelineStep, readonly DescribedFinding[]> {
  const steps = new Map<TimelineStep, DescribedFinding[]>();
  for (const one of described) {
    const known = steps.get(one.step);
    if (known === undefined) steps.set(one.step, [one]);
    else known.push(one);
  }
  return steps;
}

function findingStep({ at, cause }: TimelineStep, chosen: Finding, all: readonly Finding[]): FindingStep {
  const { state, fixedIn, fixAvailableIn, severity, kind, certainty } = chosen;
  const ids = new Set([chosen, ...all].flatMap(({ id, aliases }) => [id, ...aliases]));
  return {
    at,
    cause,
    ids: [...ids],
    state,
    fixedIn,
    ...(fixAvailableIn === undefined ? {} : { fixAvailableIn }),
    severity,
    exploited: chosen.knownExploited !== null,
    ...(typeof chosen.knownExploited?.dueDate === 'string' ? { dueDate: chosen.knownExploited.dueDate } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(certainty === undefined ? {} : { certainty }),
  };
}

function isSame(a: FindingStep | undefined, b: FindingStep): boolean {
  if (a === undefined) return false;
  return JSON.stringify({ ...a, at: '', cause: null }) === JSON.stringify({ ...b, at: '', cause: null });
}
