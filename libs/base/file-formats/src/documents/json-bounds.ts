/** Limits for a JSON text: objects, arrays, their members and elements, all together. */
export interface JsonBounds {
  readonly values: number;
}

const maxDepth = 100;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d]);
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b]);

/**
 * Which limit a text exceeds, before it is parsed: a parsed value can be a hundred times as large as its text, and a
 * parser cannot be stopped. Completes a sentence about the text ("… is nested deeper than 100"); undefined when it is
 * within bounds. One pass over the bytes; the parser checks whether they are JSON.
 */
export function overJsonBounds(text: Uint8Array, { values }: JsonBounds): string | undefined {
  let depth = 0;
  let seen = 1;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] ?? 0;
    if (byte === quote) at = endOfString(text, at);
    else if (byte === comma || openers.has(byte)) seen += 1;
    if (openers.has(byte)) depth += 1;
    else if (closers.has(byte)) depth -= 1;
    if (depth > maxDepth) return `is nested deeper than ${maxDepth}`;
    if (seen > values) return `has more than ${values} members and elements`;
  }
  return undefined;
}

/** Index of the quote that ends the string which begins at `start`. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
