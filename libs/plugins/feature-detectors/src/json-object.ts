import { decodeText, overJsonBounds, pickJsonMembers } from '@clarion/file-formats';
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

/** Above this size only the members that matter are parsed. Most files of packages are smaller, and quick to parse. */
const parsedWhole = 64 * 1024;

/**
 * The object that a file consists of, of which only the members of these names matter: a layer may have hundreds of
 * files with a hundred thousand other values each. Of objects and lists above 64 KiB only the kind is known.
 */
export function parseJsonMembers(file: WantedFile, names: ReadonlySet<string>): ReturnType<typeof parseJsonObject> {
  if (file.content.length <= parsedWhole) return parseJsonObject(file);
  const content = pickJsonMembers(file.content, { names, largest: parsedWhole });
  if (content !== undefined) return parseJsonObject({ ...file, content });
  return { problem: excessIn(file) ?? notReadable(file, 'it is not a JSON object') };
}

/** The value that a file consists of, or the problem with it. */
export function jsonValueOf(
  file: WantedFile,
  toJson = (text: string): string => text,
): { readonly value?: unknown; readonly problem?: Problem } {
  const excess = excessIn(file);
  if (excess !== undefined) return { problem: excess };
  return readJson(toJson(decodeText(file.content))) ?? { problem: notReadable(file, 'it is not JSON') };
}

function excessIn({ path, content }: WantedFile): Problem | undefined {
  const excess = overJsonBounds(content, bounds);
  return excess === undefined
    ? undefined
    : { code: 'limit-reached', path, message: `It was not read: the file ${excess}` };
}

function notReadable({ path }: WantedFile, reason: string): Problem {
  return { code: 'unreadable-database', path, message: `The file cannot be read: ${reason}` };
}
