import { type Severity, severities } from '@clarion/model';
import type { FindingInterval, FindingStep } from './timeline/finding-history';
import { orderSteps, type StepCause, type TimelineStep } from './timeline/timeline-step';

/** Findings by severity. */
export type FindingCounts = Readonly<Record<Severity, number>>;

/** What became different at one step. */
export interface StepSummary extends TimelineStep {
  /** Findings that appeared, that are gone, and that changed in state, fix or severity. */
  readonly added: FindingCounts;
  readonly gone: FindingCounts;
  readonly changed: number;
}

interface Counted {
  readonly step: TimelineStep;
  readonly added: Record<Severity, number>;
  readonly gone: Record<Severity, number>;
  changed: number;
}

/** The steps of a time line with what they changed, in their order, without its start. */
export function summarizeSteps(findings: readonly FindingInterval[]): readonly StepSummary[] {
  const counted = new Map<string, Counted>();
  const at = ({ at: time, cause }: TimelineStep): Counted => {
    const key = keyOf(time, cause);
    const known = counted.get(key) ?? {
      step: { at: time, cause },
      added: noFindings(),
      gone: noFindings(),
      changed: 0,
    };
    counted.set(key, known);
    return known;
  };
  for (const { steps, ended } of findings) {
    const [first, ...later] = steps;
    if (first !== undefined && first.cause.kind !== 'start') at(first).added[first.severity] += 1;
    for (const step of later) at(step).changed += 1;
    if (ended !== null) at(ended).gone[steps.at(-1)?.severity ?? 'Unknown'] += 1;
  }
  const byStep = new Map([...counted.values()].map((one) => [one.step, one]));
  return orderSteps([...byStep.keys()]).flatMap((step) => {
    const one = byStep.get(step);
    return one === undefined ? [] : [{ ...step, added: one.added, gone: one.gone, changed: one.changed }];
  });
}

/** The findings at a time. */
export function findingsAt(
  findings: readonly FindingInterval[],
  time: string,
): readonly (readonly [FindingInterval, FindingStep])[] {
  return findings.flatMap((interval) => {
    if (interval.from > time || (interval.until !== null && interval.until <= time)) return [];
    const step = interval.steps.findLast(({ at }) => at <= time);
    return step === undefined ? [] : [[interval, step] as const];
  });
}

export function noFindings(): Record<Severity, number> {
  return Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
}

function keyOf(at: string, cause: StepCause): string {
  return 'update' in cause ? `${cause.feed}\0${cause.update}` : `${at} ${cause.kind}`;
}
