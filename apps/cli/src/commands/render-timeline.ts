import type { FindingInterval, FindingStep, StepCause, TimelineStep } from '@clarion/history';
import { compareText, severities } from '@clarion/model';
import { printable } from '../failure';
import { alignedRows } from '../rows';
import { stateText } from './history-output';

/** What the text of a time line says beside its findings. */
export interface ShownTimeline {
  /** What was asked for. */
  readonly from: string;
  readonly to: string;
  /** From then on it is complete; `from` where it is so all the time. */
  readonly completeFrom: string;
  readonly knownSince: string | null;
  readonly historyFrom: string | null;
  /** The first time of which anything is known. */
  readonly earliest: string;
  /** Also list the findings that did not change, and what first loads changed while the history began. */
  readonly all?: boolean;
}

interface Line {
  /** Lines with the same time and cause are shown together. */
  readonly step: TimelineStep;
  readonly cells: readonly string[];
}

/** So long, a history begins: feeds are loaded one after the other, and each changes what the ones before it said. */
const startUpMillis = 3_600_000;

/**
 * The changes of each step, oldest first, each with what it was before; findings that did not change are counted, and so
 * is what the first loads of feeds changed while the history began.
 */
export function renderTimeline(findings: readonly FindingInterval[], shown: ShownTimeline): string {
  const isCounted = (step: TimelineStep): boolean => shown.all !== true && isStartUp(step, shown.earliest);
  const all = findings.flatMap((finding) => linesOf(finding, shown));
  const lines = all.filter(({ step }) => !isCounted(step));
  const counted = all.filter(({ step }) => isCounted(step));
  const aligned = alignedRows(lines.map(({ cells }) => cells));
  const steps = new Map<string, string[]>();
  for (const title of new Set(counted.map(titleOf))) {
    const changed = counted.filter((line) => titleOf(line) === title).length;
    steps.set(`${title}: ${findingsText(changed)} changed; --all lists them`, []);
  }
  for (const [index, line] of lines.entries()) {
    const title = titleOf(line);
    steps.set(title, [...(steps.get(title) ?? []), aligned[index] ?? '']);
  }
  const listed = [...steps].sort(([a], [b]) => compareText(a, b)).flatMap(([title, rows]) => [title, ...rows, '']);
  const subject = counted.length === 0 ? 'Nothing' : 'Nothing else';
  const nothing = lines.length === 0 ? [`${subject} changed from ${shown.from} to ${shown.to}.`] : [];
  return `${[...listed, ...nothing, ...unchangedText(findings, shown), ...boundsText(shown)].join('\n')}\n`;
}

function titleOf({ step: { at, cause } }: Line): string {
  return printable(`${at}  ${causeText(cause)}`);
}

/** Whether it is the first load of a feed while the history began. */
function isStartUp({ at, cause }: TimelineStep, earliest: string): boolean {
  return 'loaded' in cause && Date.parse(at) - Date.parse(earliest) <= startUpMillis;
}

/** Whether a finding was there when the period began, or came with the first load of a feed: that is no change. */
function wasThere({ steps: [first] }: FindingInterval, from: string): boolean {
  if (first === undefined) return false;
  return first.at <= from || first.cause.kind === 'start' || 'loaded' in first.cause;
}

function unchangedText(findings: readonly FindingInterval[], shown: ShownTimeline): readonly string[] {
  const { from, earliest, all = false } = shown;
  const isLater = ([, step]: readonly [FindingStep, FindingStep]): boolean => all || !isStartUp(step, earliest);
  const same = findings.filter(
    (finding) => wasThere(finding, from) && finding.ended === null && !changesOf(finding, from).some(isLater),
  );
  if (same.length === 0) return [];
  const counts = severities.flatMap((severity) => {
    const count = same.filter(({ steps }) => steps.at(-1)?.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const hint = all ? '' : '; --all lists them';
  const later = same.some((finding) => changesOf(finding, from).length > 0) ? ' since' : '';
  return [`${findingsText(same.length)} known from the start did not change${later}: ${counts.join(', ')}${hint}`];
}

function findingsText(count: number): string {
  return count === 1 ? '1 finding' : `${count} findings`;
}

function boundsText({ from, completeFrom, knownSince, historyFrom }: ShownTimeline): readonly string[] {
  const known = knownSince === null ? [] : [`known here since ${knownSince}`];
  const pruned = historyFrom === null ? [] : [`what was known before ${historyFrom} is pruned`];
  const bounds = [...known, ...pruned].join('; ');
  const less = completeFrom > from ? [`Before ${completeFrom} less is known: findings may be missing`] : [];
  return bounds === '' ? less : [capitalized(bounds), ...less];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The steps within the period that changed a finding which was there before, each with the one before it. */
function changesOf({ steps }: FindingInterval, from: string): readonly (readonly [FindingStep, FindingStep])[] {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    return before === undefined || step.at <= from ? [] : [[before, step] as const];
  });
}

function linesOf(finding: FindingInterval, { from, all = false }: ShownTimeline): readonly Line[] {
  const { id, package: of, steps, ended } = finding;
  const lineOf = (change: string, { at, cause }: TimelineStep, cells: readonly [string, string]): Line => ({
    step: { at, cause },
    cells: [change, id, cells[0], `${of.name} ${of.version}`, cells[1]],
  });
  const start = steps.findLast(({ at }) => at <= from) ?? steps[0];
  const lines: Line[] = [];
  if (start !== undefined && wasThere(finding, from)) {
    const isBefore = start.at < from;
    const step = isBefore ? { at: from, cause: { kind: 'start' } as const } : start;
    if (all) lines.push(lineOf('known', step, [start.severity, stepText(start)]));
  } else if (start !== undefined) {
    lines.push(lineOf('added', start, [start.severity, stepText(start)]));
  }
  for (const [before, step] of changesOf(finding, from)) {
    lines.push(lineOf('changed', step, [changeText(before.severity, step.severity), changedText(before, step)]));
  }
  const last = steps.at(-1);
  if (ended !== null && last !== undefined) lines.push(lineOf('gone', ended, [last.severity, stepText(last)]));
  return lines;
}

function stepText(step: FindingStep): string {
  return [stateText(step), ...(step.exploited ? ['exploited'] : [])].join(', ');
}

/** What is different, as `before → after`; all that is shown of it where nothing of that is. */
function changedText(before: FindingStep, step: FindingStep): string {
  const known = new Set(before.ids);
  const added = step.ids.filter((id) => !known.has(id));
  return [
    changeText(stateText(before), stateText(step)),
    ...(before.exploited === step.exploited ? (step.exploited ? ['exploited'] : []) : [exploitedText(step)]),
    ...(before.fixAvailableIn === step.fixAvailableIn
      ? []
      : [`fix of another channel: ${changeText(before.fixAvailableIn ?? 'none', step.fixAvailableIn ?? 'none')}`]),
    ...(before.dueDate === step.dueDate ? [] : [dueText(before, step)]),
    ...(added.length === 0 ? [] : [`also ${added.join(', ')}`]),
  ].join(', ');
}

function exploitedText({ exploited }: FindingStep): string {
  return exploited ? 'now exploited' : 'no longer exploited';
}

function dueText(before: FindingStep, { dueDate }: FindingStep): string {
  if (dueDate === undefined) return 'not due any more';
  return `due ${before.dueDate === undefined ? dueDate : changeText(before.dueDate, dueDate)}`;
}

function changeText(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`;
}

function causeText(cause: StepCause): string {
  if (!('feed' in cause)) return cause.kind === 'start' ? 'known then' : 'read with other detectors';
  const kind = cause.kind === 'exception' ? 'own data ' : '';
  return `${kind}${cause.feed}${cause.loaded === true ? ' loaded for the first time' : ''}`;
}
