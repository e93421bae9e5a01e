import type { JsonPath } from '@clarion/file-formats/documents';
import { nearestWord } from '@clarion/model';

export type Json = Readonly<Record<string, unknown>>;

/** One thing that is wrong with a record of own data. */
export interface RecordFault {
  /** The member that is wrong, or that which should hold a missing one. */
  readonly path: JsonPath;
  /** What is wrong and what to write instead, in one line. */
  readonly message: string;
}

/** Members that are read; others may be there, but one that is nearly one of these is a typing mistake. */
export const members = {
  record: [
    ...['id', 'aliases', 'upstream', 'related', 'summary', 'details', 'affected', 'severity', 'database_specific'],
    ...['published', 'modified', 'withdrawn', 'references'],
  ],
  affected: ['package', 'ranges', 'versions', 'severity', 'ecosystem_specific', 'database_specific'],
  package: ['ecosystem', 'name', 'purl'],
  range: ['type', 'events', 'repo', 'database_specific'],
  event: ['introduced', 'fixed', 'last_affected', 'limit'],
  own: ['severity', 'state', 'version_scheme'],
} as const;

/** Names of members that nearly are known ones: what they hold would be passed over. */
export function* checkNames(holder: Json, known: readonly string[], path: JsonPath): Generator<RecordFault> {
  for (const name of Object.keys(holder).slice(0, 200)) {
    const meant = known.includes(name) ? undefined : nearestWord(name, known);
    if (meant === undefined) continue;
    // Many readers take members of another case for the same.
    if (holder[meant] === undefined || meant === name.toLowerCase())
      yield { path: [...path, name], message: `unknown member ${shown(name)}; did you mean "${meant}"?` };
  }
}

/** The same of a whole record, and of nothing within it. */
export function misspeltMembers(record: Json): readonly RecordFault[] {
  return [...checkNames(record, members.record, [])];
}

/** What to write instead of a word that is none of the known ones. */
export function choice(typed: unknown, known: readonly string[], upperCase = false): string {
  const spelt = (word: string): string => (upperCase ? word.toUpperCase() : word);
  const meant = typeof typed === 'string' ? nearestWord(typed, known) : undefined;
  return meant === undefined ? `write ${known.map(spelt).join(', ')}` : `did you mean "${spelt(meant)}"?`;
}

/** A value in a message. Objects are not written out: one that is nested deeply enough would exhaust the stack. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}
