import { ClarionError } from './errors';

/** An object of JSON; members may be missing. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, in an object so that `null` is not mistaken for it; undefined for any other text. */
export function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** The value of a JSON text. Throws `corrupt-data` that names the text by `what`: `Page of advisories`. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('corrupt-data', `${what} is not JSON`, { cause });
  }
}
