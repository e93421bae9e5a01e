import type { WorkBudget } from '@clarion/model';
import { lineEnd, paragraphs, textKeeper, textParts } from './text';

/** One stanza of a control file. */
export interface Deb822Stanza {
  /** Line number of its first line, from 1. */
  readonly line: number;
  /** The wanted fields by lower-case name; of a repeated field the first. Continuation lines are joined by line feeds, up to 64 KiB. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Reads the stanzas of a Debian control file (dpkg status, apt sources). Only `wanted` fields (lower case) are kept,
 * since descriptions and file lists are most of such a file. Comment lines and lines that are no field are skipped. Costs
 * a step a line; no more stanzas come when the budget is used up.
 *
 * @see https://manpages.debian.org/deb822.5
 */
export function* deb822Stanzas(
  content: Uint8Array,
  wanted: ReadonlySet<string>,
  budget: WorkBudget,
): Generator<Deb822Stanza> {
  const keep = textKeeper();
  for (const { text, linesBefore } of textParts(content, '\n\n')) {
    for (const { line, start, end } of paragraphs(text, budget)) {
      const fields = readFields(text.slice(start, end), wanted);
      for (const [name, value] of fields) fields.set(name, keep(value));
      yield { line: linesBefore + line, fields };
    }
  }
}

function readFields(stanza: string, wanted: ReadonlySet<string>): Map<string, string> {
  const fields = new Map<string, string>();
  let current: string | undefined;
  for (let at = 0; at < stanza.length;) {
    const end = lineEnd(stanza, at);
    const first = stanza.charCodeAt(at);
    if (first === space || first === tab) {
      if (current !== undefined) appendLine(fields, current, stanza.slice(at, end).trim());
    } else if (first !== hash) {
      current = readField(stanza.slice(at, end), wanted, fields);
    }
    at = end + 1;
  }
  return fields;
}

/** No wanted field is longer; without an end, millions of continuation lines would each cost an object. */
const maxFieldLength = 65_536;

function appendLine(fields: Map<string, string>, name: string, line: string): void {
  const value = fields.get(name) ?? '';
  if (value.length < maxFieldLength) fields.set(name, `${value}\n${line}`);
}

const space = 0x20;
const tab = 0x09;
const hash = 0x23;

/** Keeps the line's field if it is wanted and new, and returns its name then. */
function readField(line: string, wanted: ReadonlySet<string>, fields: Map<string, string>): string | undefined {
  const colon = line.indexOf(':');
  if (colon <= 0) return undefined;
  const name = line.slice(0, colon).trimEnd().toLowerCase();
  if (!wanted.has(name) || fields.has(name)) return undefined;
  fields.set(name, line.slice(colon + 1).trim());
  return name;
}
