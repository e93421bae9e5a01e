import { decodeText, overJsonBounds } from '@clarion/file-formats';
import type { Problem, WantedFile } from '@clarion/model';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Real files of the largest kind, lists of the files of a package, have some 100,000. */
const bounds = { values: 500_000 };

/** The object that a file consists of, or the problem with it. Of a repeated member, the last one counts. */
export function parseJsonObject(
  file: WantedFile,
): { readonly object: JsonObject; readonly problem?: never } | { readonly object?: never; readonly problem: Problem } {
  const parsed = parseJson(file);
  if (isObject(parsed.value)) return { object: parsed.value };
  return { problem: parsed.problem ?? notReadable(file, 'it is not a JSON object') };
}

/** The value that a file consists of, or the problem with it. */
export function parseJson(file: WantedFile): { readonly value?: unknown; readonly problem?: Problem } {
  const excess = overJsonBounds(file.content, bounds);
  if (excess !== undefined) {
    return { problem: { code: 'limit-reached', path: file.path, message: `It was not read: the file ${excess}` } };
  }
  try {
    return { value: JSON.parse(decodeText(file.content)) as unknown };
  } catch {
    return { problem: notReadable(file, 'it is not JSON') };
  }
}

function notReadable({ path }: WantedFile, reason: string): Problem {
  return { code: 'unreadable-database', path, message: `The file cannot be read: ${reason}` };
}

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
