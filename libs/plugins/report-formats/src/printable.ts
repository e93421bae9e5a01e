import { escapeUnprintable, unprintableCharacter } from '@clarion/model';

/** More combining marks on one character than any language needs: they pile up over other lines. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;

/** Longest text shown in full; no real name, version or message needs more. */
const longest = 300;

/**
 * Untrusted `text`, made safe for a terminal: one line, without anything that the terminal would execute. What is not
 * printable is written `\u{1b}`, a backslash stays unchanged; over-long text keeps both ends.
 */
export function printable(text: string): string {
  const short = text.length <= longest ? text : `${text.slice(0, 180)}…${text.slice(-100)}`;
  return escapeUnprintable(short).replace(piledMarks, '$1…');
}

/**
 * JSON for people and programs, in pieces: two spaces, a line feed at the end, and everything that a terminal would
 * execute as an escape sequence of JSON, which parses to the same text. Members of the object that are iterable are
 * lists, written element by element, so that a long one is never in memory as a whole (`mapped`).
 */
export function* printableJson(value: object): Generator<string> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined) as [string, unknown][];
  for (const [index, [key, member]] of members.entries()) {
    yield `${index === 0 ? '{' : ','}\n  ${escaped(JSON.stringify(key))}: `;
    if (isIterable(member)) yield* elementsOf(member);
    else yield indented(member, '  ');
  }
  yield members.length === 0 ? '{}\n' : '\n}\n';
}

/** `list` with `of` applied to an element each time it is read. */
export function mapped<T, U>(list: Iterable<T>, of: (element: T) => U): Iterable<U> {
  return {
    *[Symbol.iterator]() {
      for (const element of list) yield of(element);
    },
  };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** This many elements are written at once. */
const together = 32;

function* elementsOf(list: Iterable<unknown>): Generator<string> {
  let start = '[';
  let some: unknown[] = [];
  const written = (): string => {
    // As deep as they are in the whole text: nothing has to be indented again.
    const text = JSON.stringify([some], undefined, 2).slice('[\n  ['.length, -'\n  ]\n]'.length);
    const piece = start + escaped(text);
    [start, some] = [',', []];
    return piece;
  };
  for (const element of list) {
    if (some.push(element) === together) yield written();
  }
  if (some.length > 0) yield written();
  yield start === '[' ? '[]' : '\n  ]';
}

/** Strings in JSON contain no line feeds. */
function indented(value: unknown, spaces: string): string {
  return escaped(JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${spaces}`));
}

/** Most reports are plain ASCII, and to look for that takes a tenth of the time. */
function escaped(text: string): string {
  return beyondAscii.test(text) ? text.replace(unprintableInJson, escapeUnits) : text;
}

const beyondAscii = /[^\n -~]/;

const unprintableInJson = new RegExp(`(?!\\n)${unprintableCharacter}`, 'gu');

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
