import { asObject } from '@clarion/file-formats/documents';
import type { DocumentValidators } from '@clarion/model';

/** How far the feed was read. Stored in the feed's state as JSON. */
export interface ChangesCursor {
  /** Folder of the archive and the lists, relative to the base. */
  readonly folder: string;
  /** Name of the archive that was read. */
  readonly archive: string;
  /** RFC 3339: all changes up to here are applied. */
  readonly applied: string;
  /** Validators of the two lists, so that an unchanged one costs one small answer. */
  readonly lists: Readonly<Record<string, DocumentValidators>>;
}

/** The cursor in its stored form. */
export function writeCursor(cursor: ChangesCursor): string {
  return JSON.stringify(cursor);
}

/** Undefined for anything that is not a whole cursor: then the feed is read from its archive. */
export function readCursor(text: string | undefined): ChangesCursor | undefined {
  if (text === undefined) return undefined;
  let value: Readonly<Record<string, unknown>> | undefined;
  try {
    value = asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { folder, archive, applied, lists } = value ?? {};
  if (typeof folder !== 'string' || typeof archive !== 'string' || typeof applied !== 'string') return undefined;
  if (Number.isNaN(Date.parse(applied)) || asObject(lists) === undefined) return undefined;
  return { folder, archive, applied, lists: lists as Record<string, DocumentValidators> };
}
