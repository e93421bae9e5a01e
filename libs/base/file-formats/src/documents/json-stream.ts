import { ClarionError } from '@clarion/model';

/**
 * One member of the outermost object, or one element of the list in it; `problem` instead of a value when only this one
 * is not valid JSON.
 */
export type JsonMember =
  | { readonly key: string; readonly value: unknown; readonly problem?: undefined; readonly element?: true }
  | { readonly key: string; readonly problem: string; readonly element?: true };

export interface JsonLimits {
  /** Largest text of one member, in bytes. */
  readonly memberBytes: number;
  /** Deepest nesting of brackets inside one member. */
  readonly depth: number;
}

/** Maximum number of blanks between two members: indentation has a few dozen, a hostile server sends them endlessly. */
const mostBlanks = 1024 * 1024;

const defaults: JsonLimits = { memberBytes: 64 * 1024 * 1024, depth: 100 };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Reads one big JSON object (RFC 8259) member by member, so that memory is bounded by the largest member. Only brackets
 * and strings are scanned here; `JSON.parse` validates each member. Throws `ClarionError`: `corrupt-data` when the
 * document is not an object or ends early, `limit-exceeded` beyond the limits.
 */
export function jsonMembers(
  body: AsyncIterable<Uint8Array>,
  limits: JsonLimits = defaults,
): AsyncGenerator<JsonMember> {
  return read(body, limits);
}

/**
 * The same for an object whose member `list` is one big array: that member is returned as its elements, one after the
 * other, each with the key `list` and memory bounded by the largest of them. A `list` that is not an array is returned
 * unchanged, so that the caller can detect it.
 */
export function jsonElements(
  body: AsyncIterable<Uint8Array>,
  list: string,
  limits: JsonLimits = defaults,
): AsyncGenerator<JsonMember> {
  return read(body, limits, list);
}

async function* read(body: AsyncIterable<Uint8Array>, limits: JsonLimits, list?: string): AsyncGenerator<JsonMember> {
  const scan: Scan = {
    limits,
    list,
    buffer: Buffer.alloc(0),
    used: 0,
    start: 0,
    at: 0,
    depth: 0,
    blanks: 0,
    opened: false,
    inString: false,
    end: closeBrace,
    phase: 'before',
  };
  for await (const chunk of body) {
    append(scan, chunk);
    for (let found = nextMember(scan); found !== undefined; found = nextMember(scan)) {
      yield* found.element ? [parseElement(found.text, list ?? '')] : parseMember(found.text);
    }
  }
  finish(scan);
}

interface Found {
  readonly text: string;
  /** An element of the list, not a member of the outermost object. */
  readonly element: boolean;
}

function parseMember(text: string): JsonMember[] {
  try {
    const parsed = JSON.parse(`{${text}}`) as Record<string, unknown>;
    return Object.entries(parsed).map(([key, value]) => ({ key, value }));
  } catch (error) {
    return [{ key: text.trim().slice(0, 80), problem: messageOf(error) }];
  }
}

function parseElement(text: string, key: string): JsonMember {
  try {
    return { key, value: JSON.parse(text) as unknown, element: true };
  } catch (error) {
    return { key, problem: messageOf(error), element: true };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'not JSON';
}

/** The state of the scan: `buffer[start..used]` is not returned yet, and was scanned up to `at`. */
interface Scan {
  readonly limits: JsonLimits;
  /** Name of the member that is read element by element. */
  readonly list: string | undefined;
  buffer: Buffer;
  used: number;
  start: number;
  at: number;
  depth: number;
  /** Blanks skipped since the last member. */
  blanks: number;
  /** A bracket was opened since `start`: what follows cannot be the list any more. */
  opened: boolean;
  inString: boolean;
  /** What closes the current level: the outermost object, or the list in it. */
  end: typeof closeBrace | typeof closeBracket;
  phase: 'before' | 'first' | 'inside' | 'behind the list' | 'after';
}

function append(scan: Scan, chunk: Uint8Array): void {
  if (scan.used + chunk.length > scan.buffer.length) makeRoom(scan, chunk.length);
  scan.buffer.set(chunk, scan.used);
  scan.used += chunk.length;
}

/** Moves the remaining bytes to the front; doubles the buffer when that would soon be needed again. */
function makeRoom(scan: Scan, bytes: number): void {
  const needed = scan.used - scan.start + bytes;
  const target = needed > scan.buffer.length / 2 ? Buffer.allocUnsafe(needed * 2) : scan.buffer;
  scan.buffer.copy(target, 0, scan.start, scan.used);
  scan.buffer = target;
  scan.at -= scan.start;
  scan.used -= scan.start;
  scan.start = 0;
}

/** Text of the next whole member or element without separators; undefined when more must arrive. */
function nextMember(scan: Scan): Found | undefined {
  if (scan.phase === 'before' && !enter(scan)) return undefined;
  while (scan.phase !== 'after') {
    if (scan.phase === 'behind the list') {
      if (leaveList(scan)) continue;
      break;
    }
    if (scan.at === scan.start) skipBlanks(scan);
    if (!moveToSeparator(scan)) break;
    const element = scan.end === closeBracket;
    const text = takeMember(scan);
    if (text !== undefined) return { text, element };
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
  startMember(scan, scan.at + 1);
  scan.phase = 'first';
  return true;
}

function startMember(scan: Scan, at: number): void {
  scan.at = at;
  scan.start = at;
  scan.blanks = 0;
  scan.opened = false;
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
    else if (scan.depth === 0 && (byte === comma || byte === scan.end)) return true;
    else if (byte === openBracket && startsList(scan)) enterList(scan);
    else if (byte === openBrace || byte === openBracket) descend(scan);
    else if (byte === closeBrace || byte === closeBracket) ascend(scan);
    scan.at += 1;
  }
  return false;
}

/** Moves past the closing quote; false when it has not arrived. */
function leaveString(scan: Scan): boolean {
  // Not beyond `used`: with many small pieces, each would search the whole buffer.
  const end = scan.buffer.subarray(0, scan.used).indexOf(quote, scan.at);
  const found = end >= 0;
  scan.at = found ? end + 1 : scan.used;
  if (found) scan.inString = isEscaped(scan.buffer, end, scan.start);
  return found;
}

/**
 * Whether the current bracket opens the list: it directly follows the list's name in the outermost object. Only checked
 * for the first bracket of a member, so that no text is scanned twice.
 */
function startsList(scan: Scan): boolean {
  if (scan.list === undefined || scan.opened || scan.end === closeBracket) return false;
  const before = scan.buffer.toString('utf8', scan.start, scan.at).trim();
  return before.endsWith(':') && before.slice(0, -1).trimEnd() === JSON.stringify(scan.list);
}

function enterList(scan: Scan): void {
  scan.end = closeBracket;
  scan.phase = 'first';
  scan.start = scan.at + 1;
}

/** After the list comes a comma and more members, or the end; false when neither has arrived. */
function leaveList(scan: Scan): boolean {
  skipBlanks(scan);
  if (scan.at >= scan.used) return false;
  const byte = scan.buffer[scan.at];
  if (byte !== comma && byte !== closeBrace) {
    throw new ClarionError('corrupt-data', 'JSON document has something between its list and the next member');
  }
  startMember(scan, scan.at + 1);
  scan.phase = byte === comma ? 'inside' : 'after';
  return true;
}

function descend(scan: Scan): void {
  scan.opened = true;
  scan.depth += 1;
  if (scan.depth > scan.limits.depth) {
    throw new ClarionError('limit-exceeded', `JSON is nested deeper than ${scan.limits.depth} levels`);
  }
}

function ascend(scan: Scan): void {
  scan.depth -= 1;
  if (scan.depth < 0) throw new ClarionError('corrupt-data', 'JSON document closes a bracket that was never opened');
}

/** The member or element that ends here; undefined when the object or list was empty. */
function takeMember(scan: Scan): string | undefined {
  const text = scan.buffer.toString('utf8', scan.start, scan.at);
  const last = scan.buffer[scan.at] === scan.end;
  const empty = text.trim() === '';
  if (empty && !(last && scan.phase === 'first')) {
    throw new ClarionError('corrupt-data', 'JSON document has a comma without a member');
  }
  startMember(scan, scan.at + 1);
  scan.phase = !last ? 'inside' : scan.end === closeBracket ? 'behind the list' : 'after';
  scan.end = last ? closeBrace : scan.end;
  return empty ? undefined : text;
}

function expectEnd(scan: Scan): void {
  skipBlanks(scan);
  if (scan.at < scan.used) throw new ClarionError('corrupt-data', 'JSON document goes on after its end');
}

function finish({ phase }: Scan): void {
  if (phase === 'before') throw new ClarionError('corrupt-data', 'JSON document is empty');
  if (phase !== 'after') throw new ClarionError('corrupt-data', 'JSON document ends early');
}

/** Skips blanks between members and drops them. */
function skipBlanks(scan: Scan): void {
  const from = scan.at;
  while (scan.at < scan.used && isBlank(scan.buffer[scan.at])) scan.at += 1;
  scan.start = scan.at;
  scan.blanks += scan.at - from;
  if (scan.blanks > mostBlanks) {
    throw new ClarionError('limit-exceeded', `JSON document has more than ${mostBlanks} blanks in a row`);
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A quote is escaped when an odd number of backslashes precedes it. */
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

/** Reads an unused body to its end, so that its connection is free again. */
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
