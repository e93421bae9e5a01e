import { ClarionError } from '@clarion/model';
import { printable } from './failure';

type Row = Readonly<Record<string, unknown>>;

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
  const lines = [
    columns.map((column) => column.replace(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase()),
    ...rows.map((row) => columns.map((column) => cell(row[column]))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  for (const line of lines)
    process.stdout.write(
      `${line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}
