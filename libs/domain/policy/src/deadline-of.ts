import type { Finding } from '@clarion/model';
import type { DeadlinePolicy, DeadlineRule } from './deadline-policy';

/** `met`: nothing to do yet, or done in time; `due`: the deadline is near; `overdue`: it has passed. */
export const deadlineStates = ['met', 'due', 'overdue'] as const;
export type DeadlineState = (typeof deadlineStates)[number];

/** Since when a finding of an image could be known, and acted on. Times are RFC 3339. */
export interface FindingKnown {
  readonly firstKnown: string;
  /** Undefined while no fix can be installed. */
  readonly fixKnown?: string;
  /** When it was gone; undefined while it is there. */
  readonly until?: string;
}

/** By when a finding must be gone. */
export interface FindingDeadline {
  /** RFC 3339. */
  readonly deadline: string;
  /** RFC 3339: from then on it is due. */
  readonly dueFrom: string;
  readonly state: DeadlineState;
  /** The rule that decides, as written. */
  readonly rule: string;
}

/** What decides which rule applies. */
export type DeadlineFacts = Pick<Finding, 'severity' | 'knownExploited' | 'kind' | 'certainty'>;

/** The deadline of a finding; undefined for one that no rule is about, or that is not counted as a vulnerability. */
export function deadlineOf(
  finding: DeadlineFacts,
  known: FindingKnown,
  { policy, now }: { readonly policy: DeadlinePolicy; readonly now: Date },
): FindingDeadline | undefined {
  if (finding.kind === 'informational' || finding.certainty !== undefined) return undefined;
  const rule = policy.rules.find((one) => meets(one, finding, known));
  if (rule === undefined) return undefined;
  const deadline = deadlineMillis(rule, finding, known);
  if (Number.isNaN(deadline)) return undefined;
  const dueFrom = deadline - policy.noticeMillis;
  const state = stateAt(Date.parse(known.until ?? now.toISOString()), {
    deadline,
    dueFrom,
    ended: known.until !== undefined,
  });
  return { deadline: timeOf(deadline), dueFrom: timeOf(dueFrom), state, rule: rule.text };
}

function meets(
  { severity, exploited, fix }: DeadlineRule,
  finding: DeadlineFacts,
  { fixKnown }: FindingKnown,
): boolean {
  if (severity !== undefined && severity !== finding.severity) return false;
  if (exploited === true && finding.knownExploited === null) return false;
  return fix !== true || fixKnown !== undefined;
}

/** The time runs from when everything that the rule asks for was known. */
function deadlineMillis(rule: DeadlineRule, { knownExploited }: DeadlineFacts, known: FindingKnown): number {
  const listed = rule.exploited === true ? knownExploited?.dateAdded : undefined;
  const started = [known.firstKnown, listed, rule.fix === true ? known.fixKnown : undefined]
    .filter((time) => time !== undefined)
    .map((time) => Date.parse(time))
    .filter((millis) => !Number.isNaN(millis));
  const from = Math.max(...started);
  if (rule.within !== 'catalogue') return from + rule.within;
  const demanded = endOfDay(knownExploited?.dueDate);
  // A date that had passed before the finding could be known leaves no time: the deadline is then.
  return Number.isNaN(demanded) ? demanded : Math.max(demanded, from);
}

/** A date without a time means that the whole day is left. */
function endOfDay(date: string | null | undefined): number {
  if (date === null || date === undefined) return Number.NaN;
  return Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T23:59:59Z` : date);
}

function stateAt(
  at: number,
  { deadline, dueFrom, ended }: { readonly deadline: number; readonly dueFrom: number; readonly ended: boolean },
): DeadlineState {
  if (at > deadline) return 'overdue';
  return !ended && at >= dueFrom ? 'due' : 'met';
}

function timeOf(millis: number): string {
  return new Date(millis).toISOString();
}
