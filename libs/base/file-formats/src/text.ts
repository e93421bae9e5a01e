import type { WorkBudget } from '@clarion/model';

const decoder = new TextDecoder();

/** Decodes UTF-8; invalid bytes become U+FFFD, a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** A part of a text between blank lines. */
export interface TextParagraph {
  /** Line number of its first line, from 1. */
  readonly line: number;
  /** Offsets of its first character and of the end of its last line. */
  readonly start: number;
  readonly end: number;
}

/** The parts of `text` between lines that are empty or contain only blanks; one step per line. */
export function* paragraphs(text: string, budget: WorkBudget): Generator<TextParagraph> {
  let open: { line: number; start: number } | undefined;
  let line = 1;
  for (let at = 0; at < text.length && budget.spend(1); line++) {
    const end = lineEnd(text, at);
    if (!isBlank(text, at, end)) open ??= { line, start: at };
    else if (open !== undefined) {
      yield { ...open, end: at };
      open = undefined;
    }
    at = end + 1;
  }
  if (open !== undefined && budget.spend(0)) yield { ...open, end: text.length };
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

/** A piece of a long text. */
export interface TextPart {
  readonly text: string;
  /** Lines of the text before it. */
  readonly linesBefore: number;
}

/** Bytes that are decoded at once. */
const partBytes = 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The text in `bytes` in parts that end with `separator` (line feeds), so that a database of many records is never one
 * string in memory besides its bytes. Copy what is kept of a part (`textKeeper`).
 */
export function* textParts(bytes: Uint8Array, separator: string): Generator<TextPart> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let linesBefore = 0;
  for (let at = 0; at < buffer.length;) {
    const end = partEnd(buffer, at, separator);
    yield { text: decodeText(buffer.subarray(at, end)), linesBefore };
    for (let line = buffer.indexOf(lineFeed, at); line >= 0 && line < end; line = buffer.indexOf(lineFeed, line + 1)) {
      linesBefore += 1;
    }
    at = end;
  }
}

/** The end of the last separator within the next `partBytes`, else of the first one after them. */
function partEnd(buffer: Buffer, at: number, separator: string): number {
  if (buffer.length - at <= partBytes) return buffer.length;
  const within = buffer.subarray(at, at + partBytes).lastIndexOf(separator);
  const found = within > 0 ? at + within : buffer.indexOf(separator, at + partBytes);
  return found < 0 ? buffer.length : found + separator.length;
}

/**
 * Copies strings that are kept of a longer one, which would stay in memory with any slice of it; equal strings share
 * one copy. Licences, architectures and maintainers are a handful of strings in a database of any size.
 */
export function textKeeper(): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const copy = Buffer.from(text, 'utf8').toString('utf8');
    kept.set(copy, copy);
    return copy;
  };
}
