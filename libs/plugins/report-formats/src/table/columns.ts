import { displayWidth, wrap } from './text-width';
import type { TextColours } from './style';

/** A cell: text that is already printable, and how to colour it. */
export interface TableCell {
  readonly text: string;
  readonly paint?: (text: string) => string;
  /** Blanks before every line of the cell. */
  readonly indent?: number;
}

export interface TableColumn {
  readonly title: string;
  /** The column is not made narrower than this. */
  readonly least: number;
}

/** What a table is fitted into. */
export interface TableSpace {
  readonly width: number;
  readonly indent: number;
  readonly paint: TextColours;
}

const gap = '  ';

/**
 * Lines of a table without rules: columns as wide as their content; where that is too wide, the widest are wrapped.
 * (The usual table library needs more than a millisecond a row.)
 */
export function layOut(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  space: TableSpace,
): string[] {
  const head = columns.map(({ title }): TableCell => ({ text: title, paint: space.paint.dim }));
  const all = [head, ...rows];
  const widths = fit(columns, all, space.width - space.indent);
  return all.flatMap((row) => layOutRow(row, widths)).map((line) => `${' '.repeat(space.indent)}${line}`);
}

function fit(columns: readonly TableColumn[], rows: readonly (readonly TableCell[])[], width: number): number[] {
  const widths = columns.map((_, index) => rows.reduce((most, row) => Math.max(most, cellWidth(row[index])), 0));
  const least = columns.map((column, index) => Math.min(column.least, widths[index] ?? 0));
  let excess = sum(widths) + gap.length * (columns.length - 1) - width;
  while (excess > 0) {
    const widest = indexOfWidest(widths, least);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function cellWidth(cell: TableCell | undefined): number {
  return cell === undefined ? 0 : (cell.indent ?? 0) + displayWidth(cell.text);
}

function cellLines({ text, indent = 0 }: TableCell, width: number): string[] {
  return wrap(text, width - indent).map((line) => (line === '' ? line : ' '.repeat(indent) + line));
}

/** The widest column that may still become narrower. */
function indexOfWidest(widths: readonly number[], least: readonly number[]): number | undefined {
  let found: number | undefined;
  widths.forEach((width, index) => {
    if (width > (least[index] ?? 0) && (found === undefined || width > (widths[found] ?? 0))) found = index;
  });
  return found;
}

function layOutRow(row: readonly TableCell[], widths: readonly number[]): string[] {
  const wrapped = row.map((cell, index) => cellLines(cell, widths[index] ?? 0));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const last = wrapped.findLastIndex((lines) => (lines[line] ?? '') !== '');
    return row
      .slice(0, last + 1)
      .map(({ paint }, index) => {
        const text = wrapped[index]?.[line] ?? '';
        const padding = index === last ? '' : ' '.repeat((widths[index] ?? 0) - displayWidth(text));
        return `${paint === undefined || text === '' ? text : paint(text)}${padding}`;
      })
      .join(gap);
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
