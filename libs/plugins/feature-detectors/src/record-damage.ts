import type { NoteProblem, RecordFields } from '@clarion/file-formats';
import { quoted } from './usable-text';

/**
 * Reports what makes a package manager reject a record: a line that is not a field, a repeated field, a missing blank
 * line before it.
 */
export function noteDamage(record: RecordFields & { readonly line: number }, note: NoteProblem, what: string): void {
  const { line, repeated, joined, hasOtherLines } = record;
  if (hasOtherLines) note('bad-record', `The ${what} at line ${line} has lines that are not fields`);
  if (joined) note('bad-record', `In the ${what} at line ${line} another one begins: a blank line is missing`);
  if (repeated.size === 0) return;
  const names = [...repeated.keys()].map(quoted).join(', ');
  note('bad-record', `The ${what} at line ${line} has ${names} more than once: each value is taken into account`);
}
