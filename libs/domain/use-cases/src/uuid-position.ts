import { ClarionError } from '@clarion/model';

/** What positions of lists are made of: a digit of a UUID for each. */
const characters = '0123456789.';
const padding = 'f';
const longest = 29;

/** A position in a list (digits and dots) as a UUID of version 8, for clients that accept nothing else. Never zero. */
export function uuidOfPosition(position: string): string {
  const digits = Array.from(position, (one) => characters.indexOf(one).toString(16));
  if (position.length > longest || digits.includes('-1')) throw new TypeError('The position does not fit into a UUID');
  const all = digits.join('').padEnd(longest + 1, padding);
  const at = (from: number, to: number): string => all.slice(from, to);
  return `${at(0, 8)}-${at(8, 12)}-8${at(12, 15)}-8${at(15, 18)}-${at(18, 30)}`;
}

/** The position of a UUID that `uuidOfPosition` made. Throws `invalid-input` for others. */
export function positionOfUuid(uuid: string): string {
  const [, ...parts] = /^([0-9a-f]{8})-([0-9a-f]{4})-8([0-9a-f]{3})-8([0-9a-f]{3})-([0-9a-f]{12})$/.exec(uuid) ?? [];
  const digits = parts.join('').replace(/f+$/, '');
  const position = digits.replace(/[a-f]/g, (digit) => characters[parseInt(digit, 16)] ?? '');
  if (digits !== '' && /^\d+(?:\.\d+)?$/.test(position) && position.length === digits.length) return position;
  throw new ClarionError('invalid-input', 'The position in the list is not valid', {
    remedy: 'begin without it, and go on with the one of each page',
  });
}
