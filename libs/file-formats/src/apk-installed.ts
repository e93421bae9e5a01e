import type { WorkBudget } from '@clarion/model';
import { lineEnd, paragraphs, textKeeper, textParts } from './text';

/** One package of an apk database. */
export interface ApkRecord {
  /** Line number of its first line, from 1. */
  readonly line: number;
  /** The wanted fields by their letter; of a repeated field the first. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Reads the records of an apk `installed` database. Only the fields in `wanted` (a string of case-sensitive letters)
 * are kept: nine tenths of the lines list files. Costs a step a line; no more records come when the budget is used up.
 */
export function* apkRecords(content: Uint8Array, wanted: string, budget: WorkBudget): Generator<ApkRecord> {
  const keep = textKeeper();
  for (const { text, linesBefore } of textParts(content, '\n\n')) {
    for (const { line, start, end } of paragraphs(text, budget)) {
      yield { line: linesBefore + line, fields: readFields(text.slice(start, end), wanted, keep) };
    }
  }
}

function readFields(record: string, wanted: string, keep: (text: string) => string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < record.length;) {
    const next = lineEnd(record, at);
    const letter = record.charAt(at);
    if (record.charCodeAt(at + 1) === colon && wanted.includes(letter) && !fields.has(letter)) {
      fields.set(letter, keep(record.slice(at + 2, next).trim()));
    }
    at = next + 1;
  }
  return fields;
}

const colon = 0x3a;
