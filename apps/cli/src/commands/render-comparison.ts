import type { ComparedFinding, ComparedImage, Comparison, FindingDifference } from '@clarion/history';
import { type ComparedMember, type FindingChange, findingChanges, severities } from '@clarion/model';
import { printable } from '../failure';
import { alignedRows } from '../rows';
import { stateText } from './history-output';

export interface ComparisonStyle {
  /** Also lists findings that are the same in both. */
  readonly unchanged: boolean;
  /** Why each side is incomplete, a sentence each. */
  readonly incomplete: readonly (readonly string[])[];
}

/** Both sides, the findings by what happened to them, and their numbers by severity. */
export function renderComparison(comparison: Comparison, { unchanged, incomplete }: ComparisonStyle): string {
  const { a, b, items, summary } = comparison;
  const shown = items.filter(({ change }) => unchanged || change !== 'unchanged');
  const copies = new Map<string, number>();
  for (const { finding } of shown) copies.set(copyKey(finding), (copies.get(copyKey(finding)) ?? 0) + 1);
  const isCopy = ({ finding }: FindingDifference): boolean => (copies.get(copyKey(finding)) ?? 0) > 1;
  const rows = alignedRows(shown.map((one) => cellsOf(one, isCopy(one))));
  const listed = findingChanges.flatMap((change) => {
    const of = rows.filter((_, index) => shown[index]?.change === change);
    return of.length === 0 ? [] : [`${change} (${of.length}):`, ...of, ''];
  });
  const sides = [...sideLines('A', a, incomplete[0]), ...sideLines('B', b, incomplete[1]), ''];
  return `${[...sides, ...listed, ...countLines(summary)].join('\n')}\n`;
}

function sideLines(name: string, side: ComparedImage, incomplete: readonly string[] = []): readonly string[] {
  const { reference, digest, at } = side;
  const known = at === null ? '' : `, as known at ${at}`;
  const title = printable(`${name}: ${reference}${digest === null ? '' : ` (${digest})`}${known}`);
  if (incomplete.length === 0) return [title];
  return [title, printable(`   incomplete, so findings may be missing: ${incomplete.join('; ')}`)];
}

/** Equal for findings that differ in the paths of their packages only. */
function copyKey({ id, package: { name, version, architecture } }: ComparedFinding): string {
  return JSON.stringify([id, name, version, architecture]);
}

/** `isCopy`: the path of the package is shown, as others are equal to it. */
function cellsOf(difference: FindingDifference, isCopy: boolean): readonly string[] {
  const { cause, place, finding, before } = difference;
  const text = (of: (one: ComparedFinding) => string): string => {
    const [was, is] = [before === null ? '' : of(before), of(finding)];
    return before === null || was === is ? is : `${was} → ${is}`;
  };
  const { package: of } = finding;
  const version = text((one) => one.package.version);
  return [
    text(({ id }) => id),
    text(({ severity }) => severity),
    `${of.name} ${version}`,
    text(stateText),
    // Last, as paths are long, and columns are as wide as their longest text.
    [...notesOf(difference), ...(cause === null ? [] : [cause]), place, ...(isCopy ? [of.path] : [])].join(', '),
  ];
}

/** What has no column: what changed of it, and what a user must know of any finding. */
function notesOf({ changed, finding }: FindingDifference): readonly string[] {
  const { exploited, dueDate, kind, certainty, nearestFix, fixAvailableIn } = finding;
  const has = (member: ComparedMember): boolean => changed.includes(member);
  const ended = (member: ComparedMember, text: string): string | undefined => (has(member) ? text : undefined);
  return [
    exploited ? (has('exploited') ? 'now exploited' : 'exploited') : ended('exploited', 'not exploited any more'),
    has('dueDate') && (dueDate === undefined ? 'not due any more' : `due ${dueDate}`),
    kind ?? ended('kind', 'now a vulnerability'),
    certainty === undefined ? ended('certainty', 'now certain') : 'for other architectures',
    has('nearestFix') && (typeof nearestFix === 'string' ? `nearest fix ${nearestFix}` : 'no near fix any more'),
    fixAvailableIn === undefined ? ended('fixAvailableIn', 'no fix on offer any more') : `fix in ${fixAvailableIn}`,
  ].flatMap((note) => (typeof note === 'string' ? [note] : []));
}

/** A table of numbers: its last column is the sum of a row. */
function countLines(summary: Comparison['summary']): readonly string[] {
  const rowOf = (change: FindingChange): readonly string[] => {
    const counts = severities.map((severity) => summary[change][severity]);
    return [change, ...[...counts, counts.reduce((sum, count) => sum + count, 0)].map(String)];
  };
  const table = [['', ...severities, 'Total'], ...findingChanges.map(rowOf)];
  const widths = ['', ...severities, 'Total'].map((_, index) =>
    Math.max(...table.map((row) => row[index]?.length ?? 0)),
  );
  return table.map((row) =>
    row
      .map((text, index) => (index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0)))
      .join('  '),
  );
}
