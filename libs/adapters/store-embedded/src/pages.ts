import { ClarionError, type Page, pageBytes, type PageRequest, sizeOf } from '@clarion/model';

/** An item of a list with its place: what `after` of the next page says. */
export type Placed<T> = readonly [place: string, item: T];

/** The first `limit` items, or as many as have `pageBytes`, and where the next page begins, if there is more. */
export function firstPage<T>(items: Iterable<Placed<T>>, { limit }: Pick<PageRequest, 'limit'>): Page<T> {
  const page: T[] = [];
  let next: string | undefined;
  let bytes = 0;
  for (const [place, item] of items) {
    if (next !== undefined && (page.length === limit || bytes >= pageBytes)) return { items: page, next };
    page.push(item);
    bytes += sizeOf(item);
    next = place;
  }
  return { items: page };
}

/** Throws `invalid-input` unless the limit is a whole number from 1. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new ClarionError('invalid-input', `the limit of a page must be at least 1, not ${limit}`);
  }
}

/** Merges sequences that are each in the order of `compare`. */
export function* merge<T>(sequences: readonly Iterable<T>[], compare: (a: T, b: T) => number): Generator<T> {
  const heads: { iterator: Iterator<T>; value: T }[] = [];
  try {
    for (const sequence of sequences) {
      const iterator = sequence[Symbol.iterator]();
      const first = iterator.next();
      if (first.done !== true) heads.push({ iterator, value: first.value });
    }
    while (heads.length > 0) {
      const least = heads.reduce((a, b) => (compare(b.value, a.value) < 0 ? b : a));
      yield least.value;
      const next = least.iterator.next();
      if (next.done === true) heads.splice(heads.indexOf(least), 1);
      else least.value = next.value;
    }
  } finally {
    // Ranges hold a cursor until they are told that nobody wants more of them.
    for (const { iterator } of heads) iterator.return?.();
  }
}

/** A time in the one spelling whose order is the order of time. Throws `invalid-input` when it is none. */
export function sortableTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw new ClarionError('invalid-input', `not a time: ${time.slice(0, 100)}`);
  return date.toISOString();
}
