import { overJsonBounds, repeatedMembers } from '@clarion/file-formats';
import { ClarionError, isObject } from '@clarion/model';
import { describeLimits } from './limits';

// Members of an object from a stranger are read with the functions below, never by spreading it.

/** Parses one JSON value. Throws `corrupt-data` and `limit-exceeded` that name `label`. */
export function parseBounded(bytes: Uint8Array, label: string): unknown {
  return parsed(bytes, label).value;
}

/** A value with its JSON text. Parsing cannot be interrupted, so the text is limited beforehand. */
function parsed(bytes: Uint8Array, label: string): { readonly text: string; readonly value: unknown } {
  const excess = overJsonBounds(bytes, describeLimits);
  if (excess !== undefined) throw new ClarionError('limit-exceeded', `${label} ${excess}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, value: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new ClarionError('corrupt-data', `${label} is not JSON`, { cause });
  }
}

/** The relevant members of a document, and their members; a list means its elements. */
export interface DocumentShape {
  readonly [name: string]: DocumentShape;
}

/**
 * Parses a document that describes an image. All programs must read it the same way: Go's JSON reader, and so every
 * container runtime, ignores the case of names and takes the last of several members. Throws `limit-exceeded`, and
 * `corrupt-data` (with `label` and the member) if a member occurs twice, or matches one of `shape` only without regard
 * to case.
 */
export function parseDocument(bytes: Uint8Array, label: string, shape: DocumentShape): unknown {
  const { text, value } = parsed(bytes, label);
  const [repeated] = repeatedMembers(text);
  if (repeated !== undefined) throw ambiguous(`${label} has the member ${shown(repeated.name)} twice`);
  const other = otherSpelling(value, shape);
  if (other !== undefined)
    throw ambiguous(`${label} has the member ${shown(other.found)}, which is ${other.name} but for its case`);
  return value;
}

function ambiguous(message: string): ClarionError {
  return new ClarionError('corrupt-data', `${message}: programs do not agree on what it says`, {
    remedy: 'build or push the image again with a current tool',
  });
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 100));

/** As Go compares names: `ſ` is an `s` to it, and the sign of Kelvin a `k`. */
const folded = (name: string): string => name.toUpperCase().toLowerCase();

/** The first member that matches one of `shape` in another case. */
function otherSpelling(
  value: unknown,
  shape: DocumentShape,
): { readonly found: string; readonly name: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const known = new Map(Object.keys(shape).map((name) => [folded(name), name]));
  const objects = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  for (const object of objects) {
    if (!isObject(object)) continue;
    for (const found of Object.keys(object)) {
      const name = known.get(folded(found));
      if (name === undefined) continue;
      const within = shape[name] ?? {};
      const other = found === name ? otherSpelling(object[found], within) : { found, name };
      if (other !== undefined) return other;
    }
  }
  return undefined;
}

/** An own member; `__proto__` and other inherited names never count. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function listMember(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : [];
}
