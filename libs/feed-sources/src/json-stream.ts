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
  const scan: Scan = {
    limits,
    buffer: Buffer.alloc(0),
    used: 0,
    start: 0,
    at: 0,
    depth: 0,
    inString: false,
    phase: 'before',
  };
  for await (const chunk of body) {
    append(scan, chunk);
    for (let text = nextMember(scan); text !== undefined; text = nextMember(scan)) {
      for (const member of parseMember(text)) yield member;
    }
  }
  finish(scan);
}

function parseMember(text: string): JsonMember[] {
  try {
    const parsed = JSON.parse(`{${text}}`) as Record<string, unknown>;
    return Object.entries(parsed).map(([key, value]) => ({ key, value }));
  } catch (error) {
    return [{ key: text.trim().slice(0, 80), problem: error instanceof Error ? error.message : 'not JSON' }];
  }
}

/** Where reading stands: `buffer[start..used]` is not given out yet, and was looked at up to `at`. */
interface Scan {
  readonly limits: JsonLimits;
  buffer: Buffer;
  used: number;
  start: number;
  at: number;
  depth: number;
  inString: boolean;
  phase: 'before' | 'first' | 'inside' | 'after';
}

function append(scan: Scan, chunk: Uint8Array): void {
  if (scan.used + chunk.length > scan.buffer.length) makeRoom(scan, chunk.length);
  scan.buffer.set(chunk, scan.used);
  scan.used += chunk.length;
}

/** Moves what is left to the front; doubles the buffer when that would soon be needed again. */
function makeRoom(scan: Scan, bytes: number): void {
  const needed = scan.used - scan.start + bytes;
  const target = needed > scan.buffer.length / 2 ? Buffer.allocUnsafe(needed * 2) : scan.buffer;
  scan.buffer.copy(target, 0, scan.start, scan.used);
  scan.buffer = target;
  scan.at -= scan.start;
  scan.used -= scan.start;
  scan.start = 0;
}

/** Text of the next whole member without separators; undefined when more must arrive. */
function nextMember(scan: Scan): string | undefined {
  if (scan.phase === 'before' && !enter(scan)) return undefined;
  if (scan.phase !== 'after' && moveToSeparator(scan)) {
    const text = takeMember(scan);
    if (text !== undefined) return text;
  }
  if (scan.phase === 'after') expectEnd(scan);
  else if (scan.used - scan.start > scan.limits.memberBytes) {
    throw new ClarionError('limit-exceeded', `JSON member is larger than ${scan.limits.memberBytes} bytes`);
  }
  return undefined;
}

function enter(scan: Scan): boolean {
  skipBlanks(scan);
  if (scan.at >= scan.used) return false;
  if (scan.buffer[scan.at] !== openBrace) throw new ClarionError('corrupt-data', 'JSON document is not an object');
  scan.at += 1;
  scan.start = scan.at;
  scan.phase = 'first';
  return true;
}

/** Moves to the comma or brace that ends the member; false when it has not arrived. The hot loop. */
function moveToSeparator(scan: Scan): boolean {
  const { buffer, used } = scan;
  while (scan.at < used) {
    if (scan.inString) {
      if (!leaveString(scan)) return false;
      continue;
    }
    const byte = buffer[scan.at];
    if (byte === quote) scan.inString = true;
    else if (scan.depth === 0 && (byte === comma || byte === closeBrace)) return true;
    else if (byte === openBrace || byte === openBracket) descend(scan);
    else if (byte === closeBrace || byte === closeBracket) ascend(scan);
    scan.at += 1;
  }
  return false;
}

/** Moves behind the closing quote; false when it has not arrived. */
function leaveString(scan: Scan): boolean {
  const end = scan.buffer.indexOf(quote, scan.at);
  const found = end >= 0 && end < scan.used;
  scan.at = found ? end + 1 : scan.used;
  if (found) scan.inString = isEscaped(scan.buffer, end, scan.start);
  return found;
}

function descend(scan: Scan): void {
  scan.depth += 1;
  if (scan.depth > scan.limits.depth) {
    throw new ClarionError('limit-exceeded', `JSON is nested deeper than ${scan.limits.depth} levels`);
  }
}

function ascend(scan: Scan): void {
  scan.depth -= 1;
  if (scan.depth < 0) throw new ClarionError('corrupt-data', 'JSON document closes a bracket that was never opened');
}

/** The member that ends here; undefined when the object was empty. */
function takeMember(scan: Scan): string | undefined {
  const text = scan.buffer.toString('utf8', scan.start, scan.at);
  const last = scan.buffer[scan.at] === closeBrace;
  const empty = text.trim() === '';
  if (empty && !(last && scan.phase === 'first')) {
    throw new ClarionError('corrupt-data', 'JSON document has a comma without a member');
  }
  scan.at += 1;
  scan.start = scan.at;
  scan.phase = last ? 'after' : 'inside';
  return empty ? undefined : text;
}

function expectEnd(scan: Scan): void {
  skipBlanks(scan);
  scan.start = scan.at;
  if (scan.at < scan.used) throw new ClarionError('corrupt-data', 'JSON document goes on after its end');
}

function finish({ phase }: Scan): void {
  if (phase === 'before') throw new ClarionError('corrupt-data', 'JSON document is empty');
  if (phase !== 'after') throw new ClarionError('corrupt-data', 'JSON document ends early');
}

function skipBlanks(scan: Scan): void {
  while (scan.at < scan.used && isBlank(scan.buffer[scan.at])) scan.at += 1;
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

/** Reads a body that says nothing to its end, so that its connection is free again. */
export async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

/** `value` as a map of unknown members, or undefined when it is anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
