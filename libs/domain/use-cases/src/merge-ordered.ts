/**
 * Merges streams that are each in the order of `keyOf` into one: all items of one key at a time, keys in order. Reads no
 * more than one item ahead of each stream.
 */
export async function* mergeOrdered<T>(
  streams: readonly AsyncIterable<T>[],
  keyOf: (item: T) => string,
): AsyncGenerator<{ readonly key: string; readonly items: readonly [T, ...T[]] }, void> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const heads = new Map<AsyncIterator<T>, T>();
  const advance = async (iterator: AsyncIterator<T>): Promise<void> => {
    const result = await iterator.next();
    if (result.done === true) heads.delete(iterator);
    else heads.set(iterator, result.value);
  };
  try {
    await Promise.all(iterators.map(advance));
    while (heads.size > 0) {
      const key = [...heads.values()].map(keyOf).reduce((least, one) => (one < least ? one : least));
      const due = [...heads].filter(([, item]) => keyOf(item) === key);
      const [first, ...others] = due.map(([, item]) => item);
      if (first !== undefined) yield { key, items: [first, ...others] };
      await Promise.all(due.map(([iterator]) => advance(iterator)));
    }
  } finally {
    await Promise.all(iterators.map(async (iterator) => iterator.return?.()));
  }
}
