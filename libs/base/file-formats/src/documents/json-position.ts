/** Position in a text: line and column, both from 1; columns count UTF-16 code units, as in editors. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Names of members and indices of elements, from the outermost value inwards. */
export type JsonPath = readonly (string | number)[];

/**
 * Where the value at `path` begins in a text that `JSON.parse` has accepted. A missing member is located at the
 * innermost existing value around it. Time is linear in the text for every step of the path; nothing recurses.
 */
export function positionInJson(text: string, path: JsonPath): TextPosition {
  let at = skipSpace(text, text.startsWith('\uFEFF') ? 1 : 0);
  for (const step of path) {
    const next = valueIn(text, at, step);
    if (next === undefined) break;
    at = next;
  }
  return positionAt(text, at);
}

const token =
  /[\t\n\r ]*(?:([{}[\],:])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** What may come next; `first` members and elements may be absent. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'nothing';

/** Where a text that `JSON.parse` rejects stops being JSON (RFC 8259); its end where it only ends early. */
export function positionOfJsonError(text: string): TextPosition {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    token.lastIndex = at;
    const found = token.exec(text);
    const next: Expected | undefined = found === null ? undefined : following(expected, found, open);
    if (found === null || next === undefined) return positionAt(text, skipSpace(text, at));
    expected = next;
    at += found[0].length;
  }
}

/**
 * What may follow a token; undefined when the token itself is not allowed here. Updates the list of `open` brackets.
 */
function following(expected: Expected, [, mark, string]: RegExpExecArray, open: string[]): Expected | undefined {
  const closed = (): Expected => (open.length === 0 ? 'nothing' : 'comma');
  const isValue = expected.endsWith('value');
  if (mark === undefined) {
    if (isValue) return closed();
    return expected.endsWith('key') && string !== undefined ? 'colon' : undefined;
  }
  if (mark === '{' || mark === '[') {
    if (!isValue) return undefined;
    open.push(mark);
    return mark === '{' ? 'first key' : 'first value';
  }
  if (mark === ':') return expected === 'colon' ? 'value' : undefined;
  if (mark === ',') return expected !== 'comma' ? undefined : open.at(-1) === '{' ? 'key' : 'value';
  const closes = mark === '}' ? '{' : '[';
  const mayClose = expected === 'comma' || expected === (mark === '}' ? 'first key' : 'first value');
  if (!mayClose || open.at(-1) !== closes) return undefined;
  open.pop();
  return closed();
}

/** The position of an offset; time is linear in the text before it. */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}

/**
 * Offset of one member or element of the value at `at`. Of members with the same name the last one counts, as in the
 * parser.
 */
function valueIn(text: string, at: number, step: string | number): number | undefined {
  const isList = text[at] === '[';
  if (!isList && text[at] !== '{') return undefined;
  let found: number | undefined;
  let index = 0;
  let here = skipSpace(text, at + 1);
  while (here < text.length && text[here] !== ']' && text[here] !== '}') {
    let isMeant = isList && index === step;
    if (!isList) {
      const end = endOfString(text, here);
      isMeant = JSON.parse(text.slice(here, end)) === step;
      // Over the colon.
      here = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (isMeant) found = here;
    if (isMeant && isList) break;
    here = skipSpace(text, endOfValue(text, here));
    if (text[here] === ',') here = skipSpace(text, here + 1);
    index += 1;
  }
  return found;
}

function endOfValue(text: string, at: number): number {
  let depth = 0;
  let here = at;
  do {
    const char = text[here];
    if (char === '"') here = endOfString(text, here);
    else {
      if (char === '{' || char === '[') depth += 1;
      else if (char === '}' || char === ']') depth -= 1;
      here += 1;
    }
    if (depth === 0 && /[,\]}]/.test(text[here] ?? ',')) return here;
  } while (here < text.length);
  return here;
}

/** The position after the closing quote. */
function endOfString(text: string, at: number): number {
  let here = at + 1;
  while (here < text.length && text[here] !== '"') here += text[here] === '\\' ? 2 : 1;
  return here + 1;
}

function skipSpace(text: string, at: number): number {
  let here = at;
  while (here < text.length && ' \t\r\n'.includes(text[here] ?? '')) here += 1;
  return here;
}
