const decoder = new TextDecoder();

/** Decodes UTF-8; bytes that are not become U+FFFD, a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** A part of a text between blank lines. */
export interface Paragraph {
  /** Line number of its first line, from 1. */
  readonly line: number;
  /** Offsets of its first character and of the end of its last line. */
  readonly start: number;
  readonly end: number;
}

/** The parts of `text` between lines that are empty or hold only blanks. */
export function* paragraphs(text: string): Generator<Paragraph> {
  let open: { line: number; start: number } | undefined;
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const end = lineEnd(text, at);
    if (!isBlank(text, at, end)) open ??= { line, start: at };
    else if (open !== undefined) {
      yield { ...open, end: at };
      open = undefined;
    }
    at = end + 1;
  }
  if (open !== undefined) yield { ...open, end: text.length };
}

/** Offset of the line feed that ends the line at `at`, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}
