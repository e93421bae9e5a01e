import { ClarionError, severities, type Severity } from '@clarion/model';

/** What a finding must have for a rule to decide about it: all of its conditions. */
export interface DeadlineConditions {
  readonly severity?: Severity;
  /** A catalogue lists it as known to be exploited. */
  readonly exploited?: true;
  /** A version with the fix can be installed: the time runs from when that was known. */
  readonly fix?: true;
}

/** Within which time a finding must be gone. */
export interface DeadlineRule extends DeadlineConditions {
  /** The rule as written: `High+fix=30d`. */
  readonly text: string;
  /** Milliseconds from when it was known; `catalogue`: the date that the catalogue of exploited ones demands. */
  readonly within: number | 'catalogue';
}

/** The first rule whose conditions a finding meets decides about it; without such a rule it has no deadline. */
export interface DeadlinePolicy {
  readonly rules: readonly DeadlineRule[];
  /** A finding is due when its deadline is at most so many milliseconds ahead. */
  readonly noticeMillis: number;
}

/** The policy of the settings `deadlineSettings`. Throws `invalid-input`. */
export function deadlinePolicy(config: {
  readonly deadlines: string;
  readonly deadlineNoticeMillis: number;
}): DeadlinePolicy {
  return { rules: parseDeadlines(config.deadlines), noticeMillis: config.deadlineNoticeMillis };
}

const dayMillis = 24 * 3_600_000;
const mostDays = 3650;
const mostRules = 50;

/**
 * Rules separated by commas, first match first: `exploited=catalogue, Critical+fix=15d, High=30d, any=90d`. Conditions
 * are a severity, `exploited`, `fix` or `any`; the time is in days (`30d`) or weeks (`4w`). Throws `invalid-input` that
 * names the rule.
 */
export function parseDeadlines(text: string): readonly DeadlineRule[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length > mostRules) throw wrong(`more than ${mostRules} rules`);
  const rules = parts.map(parseRule);
  for (const [index, rule] of rules.entries()) {
    const other = rules.slice(0, index).find((earlier) => decidesBefore(earlier, rule));
    if (other !== undefined)
      throw wrong(`"${shown(rule.text)}" never applies: "${shown(other.text)}" stands before it`);
  }
  return rules;
}

/** Whether a rule meets every finding that another one meets. A date of the catalogue may be missing. */
function decidesBefore({ severity, exploited, fix, within }: DeadlineRule, other: DeadlineRule): boolean {
  if (within === 'catalogue') return false;
  if (severity !== undefined && severity !== other.severity) return false;
  return (exploited !== true || other.exploited === true) && (fix !== true || other.fix === true);
}

function parseRule(text: string): DeadlineRule {
  const [conditions = '', within, ...more] = text.split('=').map((part) => part.trim());
  if (within === undefined || more.length > 0) throw wrong(`"${shown(text)}" is not a rule`);
  const names = conditions.split('+').map((name) => name.trim());
  const all = names.map((name) => conditionOf(name, text));
  if (all.filter(({ severity }) => severity !== undefined).length > 1)
    throw wrong(`"${shown(text)}": a finding has one severity`);
  const found = all.reduce<DeadlineConditions>((known, one) => ({ ...known, ...one }), {});
  const millis = within === 'catalogue' ? within : millisOf(within, text);
  if (millis === 'catalogue' && found.exploited !== true)
    throw wrong(`"${shown(text)}": only the catalogue of exploited vulnerabilities has dates, so it needs "exploited"`);
  return { text, ...found, within: millis };
}

function conditionOf(name: string, rule: string): DeadlineConditions {
  const word = name.toLowerCase();
  if (word === 'any') return {};
  if (word === 'exploited') return { exploited: true };
  if (word === 'fix') return { fix: true };
  const severity = severities.find((one) => one.toLowerCase() === word);
  if (severity !== undefined) return { severity };
  throw wrong(`"${shown(rule)}": there is no condition "${shown(name)}"`);
}

function millisOf(within: string, rule: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})(d|w)$/.exec(within) ?? [];
  const days = Number(count) * (unit === 'w' ? 7 : 1);
  if (unit === '' || days > mostDays) throw wrong(`"${shown(rule)}": "${shown(within)}" is not a time`);
  return days * dayMillis;
}

function shown(text: string): string {
  return text.slice(0, 60);
}

function wrong(what: string): ClarionError {
  return new ClarionError('invalid-input', `Wrong deadlines (CLARION_DEADLINES): ${what}`, {
    remedy: `write rules such as "exploited=catalogue, Critical+fix=15d, High=30d, any=90d"; severities: ${severities.join(', ')}`,
  });
}
