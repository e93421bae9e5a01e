import { ClarionError } from '@clarion/model';

/** What a JSON text may be. */
export interface JsonBounds {
  readonly bytes: number;
  /** Objects, arrays, their members and elements, all together. */
  readonly values: number;
}

const maxDepth = 100;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d]);
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b]);

/**
 * Refuses a text of too many values, or nested too deep, before anything is made of it: a parsed value can be a hundred
 * times as large as its text. One pass over the bytes; whether they are JSON is for the parser to say. Throws
 * `invalid-input`.
 */
export function boundJson(text: Uint8Array, { values }: Pick<JsonBounds, 'values'>): void {
  let depth = 0;
  let seen = 1;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] ?? 0;
    if (byte === quote) at = endOfString(text, at);
    else if (byte === comma || openers.has(byte)) seen += 1;
    if (openers.has(byte)) depth += 1;
    else if (closers.has(byte)) depth -= 1;
    if (depth > maxDepth) throw new ClarionError('invalid-input', `The body is nested deeper than ${maxDepth}`);
    if (seen > values) throw new ClarionError('invalid-input', `The body has more than ${values} members and elements`);
  }
}

/** Where the quote is that ends the string which begins there. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
