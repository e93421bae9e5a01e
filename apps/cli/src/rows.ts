import { ClarionError } from '@clarion/model';
import { printable } from './failure';
import { textWidth } from './output';

type Row = Readonly<Record<string, unknown>>;

const gap = '  ';
/** Minimum width of a column. */
const narrowest = 10;

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return printable(
    typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value),
  );
}

/** Prints rows as aligned columns, or all of their members as JSON. */
export function printRows(format: string, rows: readonly Row[], columns: readonly string[]): void {
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  if (format !== 'table')
    throw new ClarionError('invalid-input', `There is no format "${format}" for this command`, {
      remedy: 'known: table, json',
    });
  const table = [
    columns.map((column) => column.replace(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase()),
    ...rows.map((row) => columns.map((column) => cell(row[column]))),
  ];
  const widths = fit(
    columns.map((_, index) => table.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), 0)),
  );
  for (const row of table) for (const line of layOut(row, widths)) process.stdout.write(`${line}\n`);
}

/** Rows as aligned columns, indented, without a head; nothing is broken into lines, so that it can be searched. */
export function alignedRows(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = (cells[0] ?? []).map((_, index) =>
    cells.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), 0),
  );
  return cells.map((row) => `  ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join(gap)}`.trimEnd());
}

/**
 * Widths that fit into `textWidth`: the widest column shrinks first, except the first column, which identifies rows.
 */
function fit(widths: number[]): readonly number[] {
  const taken = (): number => widths.reduce((sum, width) => sum + width, (widths.length - 1) * gap.length);
  for (let excess = taken() - textWidth(); excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths.slice(1)), 1);
    if (widest < 0 || (widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The lines of one row; text that does not fit into its column continues below. */
function layOut(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((text, index) => wrapWords(text, widths[index] ?? 0));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, index) => (lines[line] ?? '').padEnd(widths[index] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

/** Lines of at most `width` characters, broken between words, and within a word that is longer. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > Math.max(width, 1)) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > 0 ? blank : Math.max(width, 1);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
