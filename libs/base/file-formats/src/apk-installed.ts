import type { WorkBudget } from '@clarion/model';
import { RecordCollector, type RecordFields } from './record-fields';
import { lineEnd, paragraphs, textKeeper, textParts } from './text';

/** One package of an apk database: the requested fields by their letter. */
export interface ApkRecord extends RecordFields {
  /** Line number of its first line, from 1; for a joined record that of the record before it. */
  readonly line: number;
}

/**
 * Reads the records of an apk `installed` database. Only the fields in `letters` (a string of case-sensitive letters)
 * are kept: nine tenths of the lines list files. `P` starts a record where a blank line is missing. Costs one step per
 * line; no more records follow when the budget is used up.
 */
export function* apkRecords(content: Uint8Array, letters: string, budget: WorkBudget): Generator<ApkRecord> {
  const keep = textKeeper();
  for (const { text, linesBefore } of textParts(content, '\n\n')) {
    for (const { line, start, end } of paragraphs(text, budget)) {
      for (const record of readRecords(text.slice(start, end), letters, keep))
        yield { line: linesBefore + line, ...record };
    }
  }
}

function readRecords(record: string, letters: string, keep: (text: string) => string): readonly RecordFields[] {
  const collector = new RecordCollector('P');
  for (let at = 0; at < record.length;) {
    const next = lineEnd(record, at);
    const letter = record.charAt(at);
    if (record.charCodeAt(at + 1) !== colon) collector.addOther();
    else if (letters.includes(letter)) collector.add(letter, keep(record.slice(at + 2, next).trim()));
    at = next + 1;
  }
  return collector.records;
}

const colon = 0x3a;
