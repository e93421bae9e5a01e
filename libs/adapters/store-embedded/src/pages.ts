import type { Page, PageRequest } from '@clarion/model';
import { PageBuilder } from '@clarion/store-rules';

/** An item of a list with the `after` of the page that begins behind it. */
export type PageItem<T> = readonly [cursor: string, item: T];

/** The first `limit` items, or as many as have `pageBytes`, and where the next page begins, if there is more. */
export function firstPage<T>(items: Iterable<PageItem<T>>, { limit }: Pick<PageRequest, 'limit'>): Page<T> {
  const page = new PageBuilder<T>(limit);
  for (const [cursor, item] of items) {
    if (page.isFull()) return page.page(true);
    page.add(cursor, item);
  }
  return page.page(false);
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
    // An open range keeps a cursor until its iterator is closed.
    for (const { iterator } of heads) iterator.return?.();
  }
}
