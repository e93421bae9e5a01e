import { type JsonPath, positionAt, type TextPosition } from './json-position';

/** A member that its object has already. */
interface RepeatedMember {
  readonly name: string;
  /** From the outermost value inwards, cut after 64 steps. */
  readonly path: JsonPath;
  /** Where its name is. */
  readonly position: () => TextPosition;
}

const longestPath = 64;

/** An object or list that is open at the current position. */
interface Open {
  /** Names of the members so far; undefined in a list. */
  readonly names: Set<string> | undefined;
  /** The member or element that the reading is in. */
  step: string | number;
  /** The next string is the name of a member. */
  atName: boolean;
}

/**
 * Members whose name occurred before in the same object, in a text that `JSON.parse` has accepted: it keeps the last of
 * them, other readers the first. Time is linear in the text; nothing recurses.
 */
export function* repeatedMembers(text: string): Generator<RepeatedMember> {
  const open: Open[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    const inner = open.at(-1);
    if (char === '"') {
      const end = endOfString(text, at);
      if (inner?.names !== undefined && inner.atName) {
        const name = nameOf(text.slice(at + 1, end));
        inner.step = name;
        inner.atName = false;
        if (inner.names.has(name)) {
          const path = open.slice(0, longestPath).map(({ step }) => step);
          const start = at;
          yield { name, path, position: () => positionAt(text, start) };
        }
        inner.names.add(name);
      }
      at = end;
    } else if (char === '{') open.push({ names: new Set(), step: '', atName: true });
    else if (char === '[') open.push({ names: undefined, step: 0, atName: false });
    else if (char === '}' || char === ']') open.pop();
    else if (char === ',' && inner !== undefined) {
      if (typeof inner.step === 'number') inner.step += 1;
      else inner.atName = true;
    }
  }
}

function nameOf(raw: string): string {
  return raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
}

/** Index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
