import { ClarionError } from '@clarion/model';

/** One member of the outermost object; `problem` instead of a value when just this member is no JSON. */
export type JsonMember =
  | { readonly key: string; readonly value: unknown; readonly problem?: undefined }
  | { readonly key: string; readonly problem: string };

export interface JsonLimits {
  /** Largest text of one member, in bytes. */
  readonly memberBytes: number;
  /** Deepest nesting of brackets inside one member. */
  readonly depth: number;
}

const defaults: JsonLimits = { memberBytes: 64 * 1024 * 1024, depth: 100 };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Reads one big JSON object (RFC 8259) member by member, so that memory is bounded by the largest member. Only
 * brackets and strings are looked at here; `JSON.parse` judges each member. Throws `ClarionError`: `corrupt-data` when
 * the whole is no object or ends early, `limit-exceeded` beyond the limits.
 */
export async function* jsonMembers(
  body: AsyncIterable<Uint8Array>,
  limits: JsonLimits = defaults,
): AsyncGenerator<JsonMember> {
  const scanner = createScanner(limits);
  for await (const chunk of body) {
    scanner.push(chunk);
    for (let text = scanner.next(); text !== undefined; text = scanner.next()) {
      for (const member of parseMember(text)) yield member;
    }
  }
  scanner.end();
}

function parseMember(text: string): JsonMember[] {
  try {
    const parsed = JSON.parse(`{${text}}`) as Record<string, unknown>;
    return Object.entries(parsed).map(([key, value]) => ({ key, value }));
  } catch (error) {
    return [{ key: text.trim().slice(0, 80), problem: error instanceof Error ? error.message : 'not JSON' }];
  }
}

interface Scanner {
  push(chunk: Uint8Array): void;
  /** Text of the next whole member, without separators. */
  next(): string | undefined;
  end(): void;
}

function createScanner(limits: JsonLimits): Scanner {
  let buffer = Buffer.alloc(0);
  /** Bytes of `buffer` in use, start of the current member, and how far it was looked at. */
  let used = 0;
  let start = 0;
  let at = 0;
  let depth = 0;
  let inString = false;
  let state: 'before' | 'first' | 'inside' | 'after' = 'before';

  function push(chunk: Uint8Array): void {
    if (used + chunk.length > buffer.length) makeRoom(chunk.length);
    buffer.set(chunk, used);
    used += chunk.length;
  }

  function makeRoom(bytes: number): void {
    const kept = used - start;
    const target = kept + bytes > buffer.length / 2 ? Buffer.allocUnsafe((kept + bytes) * 2) : buffer;
    buffer.copy(target, 0, start, used);
    buffer = target;
    at -= start;
    used = kept;
    start = 0;
  }

  function open(): boolean {
    at = skipBlanks(buffer, at, used);
    start = at;
    if (at >= used) return false;
    if (buffer[at] !== openBrace) throw new ClarionError('corrupt-data', 'JSON document is not an object');
    at += 1;
    start = at;
    state = 'first';
    return true;
  }

  function next(): string | undefined {
    if (state === 'before' && !open()) return undefined;
    if (state === 'after') return rest();
    while (at < used) {
      if (inString) {
        if (!leaveString()) break;
        continue;
      }
      const byte = buffer[at];
      if (depth === 0 && (byte === comma || byte === closeBrace)) {
        const text = take(byte === closeBrace);
        if (text !== undefined) return text;
        return rest();
      }
      if (byte === quote) inString = true;
      else if (byte === openBrace || byte === openBracket) deeper();
      else if (byte === closeBrace || byte === closeBracket) shallower();
      at += 1;
    }
    if (used - start > limits.memberBytes) {
      throw new ClarionError('limit-exceeded', `JSON member is larger than ${limits.memberBytes} bytes`);
    }
    return undefined;
  }

  /** Moves behind the closing quote; false when it has not arrived. */
  function leaveString(): boolean {
    const end = buffer.indexOf(quote, at);
    if (end < 0 || end >= used) {
      at = used;
      return false;
    }
    inString = isEscaped(buffer, end, start);
    at = end + 1;
    return true;
  }

  function deeper(): void {
    depth += 1;
    if (depth > limits.depth) {
      throw new ClarionError('limit-exceeded', `JSON is nested deeper than ${limits.depth} levels`);
    }
  }

  function shallower(): void {
    depth -= 1;
    if (depth < 0) throw new ClarionError('corrupt-data', 'JSON document closes a bracket that was never opened');
  }

  /** The member that ends here, or undefined when the object was empty. */
  function take(last: boolean): string | undefined {
    const text = buffer.toString('utf8', start, at);
    const empty = text.trim() === '';
    if (empty && !(last && state === 'first')) {
      throw new ClarionError('corrupt-data', 'JSON document has a comma without a member');
    }
    at += 1;
    start = at;
    state = last ? 'after' : 'inside';
    return empty ? undefined : text;
  }

  function rest(): undefined {
    at = skipBlanks(buffer, at, used);
    start = at;
    if (at < used) throw new ClarionError('corrupt-data', 'JSON document goes on after its end');
    return undefined;
  }

  function end(): void {
    if (state === 'before') throw new ClarionError('corrupt-data', 'JSON document is empty');
    if (state !== 'after') throw new ClarionError('corrupt-data', 'JSON document ends early');
  }

  return { push, next, end };
}

function skipBlanks(buffer: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(buffer[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A quote is escaped when an odd number of backslashes stands before it. */
function isEscaped(buffer: Buffer, quoteAt: number, from: number): boolean {
  let at = quoteAt;
  while (at > from && buffer[at - 1] === backslash) at -= 1;
  return (quoteAt - at) % 2 === 1;
}

/** The whole document as text; for documents that are small by nature. Throws `limit-exceeded` beyond `maxBytes`. */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new ClarionError('limit-exceeded', `Document is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

/** `value` as a map of unknown members, or undefined when it is anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
