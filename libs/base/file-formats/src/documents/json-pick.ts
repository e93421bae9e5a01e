const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Longest name in quotes that is compared: sixty characters, or ten as escapes. */
const longestName = 62;
const mostDepth = 100;

/** A JSON text while its outermost object is passed over. */
interface Walk {
  readonly text: Uint8Array;
  at: number;
}

/**
 * The outermost object of a JSON text (RFC 8259) with only the members of these `names`, as a text: a parser makes
 * millions of values of the rest of a large one. Objects and lists above `largest` bytes become empty. One pass over
 * the bytes, which keeps nothing of what it passes over and checks only its brackets and strings; undefined where these
 * are not those of an object, or deeper than 100.
 */
export function pickJsonMembers(
  text: Uint8Array,
  { names, largest }: { readonly names: ReadonlySet<string>; readonly largest: number },
): Uint8Array | undefined {
  const walk: Walk = { text, at: hasByteOrderMark(text) ? 3 : 0 };
  const picked = new Map<string, Uint8Array>();
  if (take(walk) !== openBrace) return undefined;
  let next = take(walk);
  while (next === quote) {
    const member = passMember(walk);
    if (member === undefined) return undefined;
    if (names.has(member.name)) picked.set(member.name, shortened(text.subarray(member.start, member.end), largest));
    next = take(walk);
    if (next === comma) next = take(walk) === quote ? quote : undefined;
    else if (next !== closeBrace) return undefined;
  }
  return next === closeBrace && take(walk) === undefined ? objectOf(picked) : undefined;
}

function hasByteOrderMark(text: Uint8Array): boolean {
  return text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf;
}

/** Passes over blanks and one byte, which it returns; undefined at the end. */
function take(walk: Walk): number | undefined {
  while (isBlank(walk.text[walk.at])) walk.at += 1;
  const byte = walk.text[walk.at];
  walk.at += 1;
  return byte;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Passes over a member behind the first quote of its name: its name if that is short, and where its value is. */
function passMember(walk: Walk): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  const begin = walk.at - 1;
  walk.at = endOfString(walk.text, begin);
  const name = nameAt(walk.text, begin, walk.at);
  if (name === undefined || take(walk) !== colon) return undefined;
  while (isBlank(walk.text[walk.at])) walk.at += 1;
  const start = walk.at;
  return passValue(walk) ? { name, start, end: walk.at } : undefined;
}

/** The name in quotes at `start`, '' if it is long; undefined where it is no string. */
function nameAt(text: Uint8Array, start: number, end: number): string | undefined {
  if (end > text.length) return undefined;
  if (end - start > longestName) return '';
  const name = Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('utf8');
  // The parser takes ten times as long, and is only needed for escapes.
  return name.includes('\\') ? textIn(name) : name.slice(1, -1);
}

function textIn(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Passes over a value; false where it is empty, or its brackets do not fit. */
function passValue(walk: Walk): boolean {
  const { text } = walk;
  const start = walk.at;
  const open: number[] = [];
  while (walk.at < text.length) {
    const byte = text[walk.at];
    if (byte === quote) {
      walk.at = endOfString(text, walk.at);
      continue;
    }
    if (open.length === 0 && (byte === comma || byte === closeBrace)) return walk.at > start;
    if (byte === openBrace || byte === openBracket) open.push(byte === openBrace ? closeBrace : closeBracket);
    else if ((byte === closeBrace || byte === closeBracket) && open.pop() !== byte) return false;
    if (open.length >= mostDepth) return false;
    walk.at += 1;
  }
  return false;
}

/** Index behind the quote that ends the string which begins at `start`. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at + 1;
}

function shortened(value: Uint8Array, largest: number): Uint8Array {
  if (value.length <= largest) return value;
  return value[0] === openBrace ? Buffer.from('{}') : value[0] === openBracket ? Buffer.from('[]') : value;
}

function objectOf(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts = [...members].map(([name, value], index) => [
    Buffer.from(`${index === 0 ? '' : ','}${JSON.stringify(name)}:`),
    value,
  ]);
  return Buffer.concat([Buffer.from('{'), ...parts.flat(), Buffer.from('}')]);
}
