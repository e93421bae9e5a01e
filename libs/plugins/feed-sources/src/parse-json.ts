import { ClarionError } from '@clarion/model';

/** The value of a JSON text. Throws `corrupt-data` that names the text by `what`: `Page of advisories`. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('corrupt-data', `${what} is not JSON`, { cause });
  }
}
