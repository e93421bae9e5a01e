import { decodeText, overJsonBounds } from '@clarion/file-formats';
import { isObject, type JsonObject, type Problem, readJson, type WantedFile } from '@clarion/model';

/** Real files of the largest kind, lists of the files of a package, have some 100,000. */
const bounds = { values: 500_000 };

/**
 * The object that a file consists of, or the problem with it. Of a repeated member, the last one counts. `toJson` makes
 * JSON of a text that is nearly JSON, with the same brackets.
 */
export function parseJsonObject(
  file: WantedFile,
  toJson?: (text: string) => string,
): { readonly object: JsonObject; readonly problem?: never } | { readonly object?: never; readonly problem: Problem } {
  const parsed = jsonValueOf(file, toJson);
  if (isObject(parsed.value)) return { object: parsed.value };
  return { problem: parsed.problem ?? notReadable(file, 'it is not a JSON object') };
}

/** The value that a file consists of, or the problem with it. */
export function jsonValueOf(
  file: WantedFile,
  toJson = (text: string): string => text,
): { readonly value?: unknown; readonly problem?: Problem } {
  const excess = overJsonBounds(file.content, bounds);
  if (excess !== undefined) {
    return { problem: { code: 'limit-reached', path: file.path, message: `It was not read: the file ${excess}` } };
  }
  return readJson(toJson(decodeText(file.content))) ?? { problem: notReadable(file, 'it is not JSON') };
}

function notReadable({ path }: WantedFile, reason: string): Problem {
  return { code: 'unreadable-database', path, message: `The file cannot be read: ${reason}` };
}
