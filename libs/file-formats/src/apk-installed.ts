import { lineEnd, paragraphs } from './text';

/** One package of an apk database. */
export interface ApkRecord {
  /** Line number of its first line, from 1. */
  readonly line: number;
  /** The wanted fields by their letter; of a repeated field the first. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Reads the records of an apk `installed` database. Only the fields in `wanted` (a string of case-sensitive letters)
 * are kept: nine tenths of the lines list files.
 *
 * @see https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
 */
export function* apkRecords(text: string, wanted: string): Generator<ApkRecord> {
  for (const { line, start, end } of paragraphs(text)) {
    const fields = new Map<string, string>();
    for (let at = start; at < end;) {
      const next = lineEnd(text, at);
      const letter = text.charAt(at);
      if (text.charCodeAt(at + 1) === colon && wanted.includes(letter) && !fields.has(letter)) {
        fields.set(letter, text.slice(at + 2, next).trim());
      }
      at = next + 1;
    }
    yield { line, fields };
  }
}

const colon = 0x3a;
