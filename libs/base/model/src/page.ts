/** One page of a list: `next` becomes `after` of the next request; absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/**
 * A page of a store ends with the item with which it reaches this many bytes (`sizeOf`), whatever its limit: it is read
 * at once, and converted to an answer at once, while other callers wait. Some 300 ordinary images.
 */
export const pageBytes = 1024 ** 2;

/** The size of a member, a number or a reference in addition to its characters. */
const perValue = 8;

/**
 * Approximate size of a record's value in bytes: its characters and bytes, those of member names, and some for each
 * value.
 */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + perValue;
  if (typeof value !== 'object' || value === null) return perValue;
  if (ArrayBuffer.isView(value)) return value.byteLength + perValue;
  let size = perValue;
  for (const [name, member] of Object.entries(value)) size += (Array.isArray(value) ? 0 : name.length) + sizeOf(member);
  return size;
}

/** Which page of a list. */
export interface PageRequest {
  readonly after?: string;
  /** The maximum number of items, at least 1; a page that has reached `pageBytes` has fewer, and `next`. */
  readonly limit: number;
}
