import type { WorkBudget } from '@clarion/model';
import { RecordCollector, type RecordFields } from './record-fields';
import { lineEnd, paragraphs, textKeeper, textParts } from './text';

/**
 * One stanza of a control file: the requested fields by lower-case name. Continuation lines are joined by line feeds,
 * up to 64 KiB.
 */
export interface Deb822Stanza extends RecordFields {
  /** Line number of its first line, from 1; for a joined stanza that of the stanza before it. */
  readonly line: number;
}

/** Which fields of a control file to read. */
export interface Deb822Fields {
  /** Names in lower case. */
  readonly names: ReadonlySet<string>;
  /** The requested field that starts a stanza where a blank line is missing. */
  readonly opener?: string;
}

/**
 * Reads the stanzas of a Debian control file (dpkg status, apt sources). Only fields in `names` (lower case) are kept,
 * since descriptions and file lists are most of such a file. Comment lines are skipped, and so are lines that are not a
 * field, which are reported. Costs one step per line; no more stanzas follow when the budget is used up.
 *
 * @see https://manpages.debian.org/deb822.5
 */
export function* deb822Stanzas(
  content: Uint8Array,
  options: Deb822Fields,
  budget: WorkBudget,
): Generator<Deb822Stanza> {
  const keep = textKeeper();
  for (const { text, linesBefore } of textParts(content, '\n\n')) {
    for (const { line, start, end } of paragraphs(text, budget)) {
      for (const record of readRecords(text.slice(start, end), options)) {
        for (const [name, value] of record.fields) record.fields.set(name, keep(value));
        yield { line: linesBefore + line, ...record };
      }
    }
  }
}

function readRecords(stanza: string, { names, opener }: Deb822Fields): RecordCollector['records'] {
  const collector = new RecordCollector(opener);
  let current: OpenField | undefined;
  for (let at = 0; at < stanza.length;) {
    const end = lineEnd(stanza, at);
    const first = stanza.charCodeAt(at);
    if (first === space || first === tab) {
      if (current !== undefined) appendLine(current, stanza.slice(at, end).trim());
    } else if (first !== hash) {
      current = readField(stanza.slice(at, end), names, collector);
    }
    at = end + 1;
  }
  return collector.records;
}

/** The field that continuation lines belong to. */
interface OpenField {
  readonly name: string;
  readonly fields: Map<string, string>;
}

/** No requested field is longer; without a limit, millions of continuation lines would each cost an object. */
const maxFieldLength = 65_536;

function appendLine({ name, fields }: OpenField, line: string): void {
  const value = fields.get(name) ?? '';
  if (value.length < maxFieldLength) fields.set(name, `${value}\n${line}`);
}

const space = 0x20;
const tab = 0x09;
const hash = 0x23;

/** Visible ASCII without the colon. */
const fieldName = /^[!-9;-~]+$/;

/** Keeps the line's field if it is requested, and returns it if it is new. */
function readField(line: string, names: ReadonlySet<string>, collector: RecordCollector): OpenField | undefined {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
  if (!names.has(name)) {
    if (!fieldName.test(name)) collector.addOther();
    return undefined;
  }
  const fields = collector.add(name, line.slice(colon + 1).trim());
  return fields === undefined ? undefined : { name, fields };
}
