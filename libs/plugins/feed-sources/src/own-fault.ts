import type { JsonPath } from '@clarion/file-formats/documents';
import { nearestWord } from '@clarion/model';

export type JsonMembers = Readonly<Record<string, unknown>>;

/** An error in a record of own data. */
export interface RecordFault {
  /** The invalid member, or the object that lacks one. */
  readonly path: JsonPath;
  /** The error and its fix, in one line. */
  readonly message: string;
}

/** Members that are read; others are allowed, but a name that is very similar to one of these is a typing error. */
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

/** Reports members with a name similar to a known one: their values would be ignored. */
export function* checkNames(container: JsonMembers, known: readonly string[], path: JsonPath): Generator<RecordFault> {
  for (const name of Object.keys(container).slice(0, 200)) {
    const meant = known.includes(name) ? undefined : nearestWord(name, known);
    if (meant === undefined) continue;
    // Many readers do not distinguish the case of members.
    if (container[meant] === undefined || meant === name.toLowerCase())
      yield { path: [...path, name], message: `unknown member ${shown(name)}; did you mean "${meant}"?` };
  }
}

/** The same check for a whole record, without the objects in it. */
export function misspeltMembers(record: JsonMembers): readonly RecordFault[] {
  return [...checkNames(record, members.record, [])];
}

/** The fix for an unknown word. */
export function choice(typed: unknown, known: readonly string[], upperCase = false): string {
  const spelt = (word: string): string => (upperCase ? word.toUpperCase() : word);
  const meant = typeof typed === 'string' ? nearestWord(typed, known) : undefined;
  return meant === undefined ? `write ${known.map(spelt).join(', ')}` : `did you mean "${spelt(meant)}"?`;
}

/** A value for a message. Objects are not serialised: a deeply nested one would overflow the stack. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}
