import type { FindingCertainty, FindingKind, Severity } from '@clarion/model';
import type { DeadlinePolicy, DeadlineRule } from './deadline-policy';

/** `met`: nothing to do yet, or done in time; `due`: the deadline is near; `overdue`: it has passed. */
export type DeadlineState = 'met' | 'due' | 'overdue';

/** Since when what is said of a finding could be known. Times are RFC 3339. */
export interface FindingKnown {
  readonly firstKnown: string;
  /** Undefined while no fix can be installed. */
  readonly fixKnown?: string;
  /** Undefined while no catalogue lists it as exploited. */
  readonly exploitedKnown?: string;
  /** When it was gone; undefined while it is there. */
  readonly until?: string;
}

/** What decides which rule applies. */
export interface DeadlineFacts {
  readonly severity: Severity;
  /** By when the catalogue of exploited vulnerabilities demands action, where it does: a date or a time. */
  readonly dueDate?: string;
  readonly kind?: FindingKind;
  readonly certainty?: FindingCertainty;
}

/** By when a finding must be gone. Times are RFC 3339. */
export interface FindingDeadline {
  readonly deadline: string;
  /** From then on it is due. */
  readonly dueFrom: string;
  readonly state: DeadlineState;
  /** The rule that decides, as written. */
  readonly rule: string;
}

/**
 * The deadline of a finding at a time; undefined for one that no rule is about, or that is not counted as a
 * vulnerability.
 */
export function deadlineOf(
  finding: DeadlineFacts,
  known: FindingKnown,
  { policy, at }: { readonly policy: DeadlinePolicy; readonly at: string },
): FindingDeadline | undefined {
  if (finding.kind === 'informational' || finding.certainty !== undefined) return undefined;
  const rule = policy.rules.find((one) => meets(one, finding, known));
  if (rule === undefined) return undefined;
  const deadline = deadlineMillis(rule, finding, known);
  if (Number.isNaN(deadline)) return undefined;
  const dueFrom = deadline - policy.noticeMillis;
  const { until } = known;
  const state = stateAt(Date.parse(until ?? at), { deadline, dueFrom, ended: until !== undefined });
  return { deadline: timeOf(deadline), dueFrom: timeOf(dueFrom), state, rule: rule.text };
}

function meets({ severity, exploited, fix }: DeadlineRule, finding: DeadlineFacts, known: FindingKnown): boolean {
  if (severity !== undefined && severity !== finding.severity) return false;
  if (exploited === true && known.exploitedKnown === undefined) return false;
  return fix !== true || known.fixKnown !== undefined;
}

/** The time runs from when everything that the rule asks for was known. */
function deadlineMillis(rule: DeadlineRule, { dueDate }: DeadlineFacts, known: FindingKnown): number {
  const asked = [
    known.firstKnown,
    rule.exploited === true ? known.exploitedKnown : undefined,
    rule.fix === true ? known.fixKnown : undefined,
  ];
  const from = Math.max(...asked.flatMap((time) => (time === undefined ? [] : Date.parse(time))));
  if (rule.within !== 'catalogue') return from + rule.within;
  const demanded = endOfDay(dueDate);
  // A date that had passed before the finding could be known leaves no time: the deadline is then.
  return Number.isNaN(demanded) ? demanded : Math.max(demanded, from);
}

/** A date without a time leaves the whole day. */
function endOfDay(date: string | undefined): number {
  if (date === undefined) return Number.NaN;
  return Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T23:59:59Z` : date);
}

interface StateTimes {
  readonly deadline: number;
  readonly dueFrom: number;
  readonly ended: boolean;
}

function stateAt(at: number, { deadline, dueFrom, ended }: StateTimes): DeadlineState {
  if (at > deadline) return 'overdue';
  return !ended && at >= dueFrom ? 'due' : 'met';
}

function timeOf(millis: number): string {
  return new Date(millis).toISOString();
}
