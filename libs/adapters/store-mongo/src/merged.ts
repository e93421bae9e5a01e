/** One stream of two that are in order: where both are equal, those of the first come first. */
export async function* merged<T>(
  first: AsyncIterable<T>,
  second: AsyncIterable<T>,
  isBefore: (a: T, b: T) => boolean,
): AsyncGenerator<T> {
  const left = first[Symbol.asyncIterator]();
  const right = second[Symbol.asyncIterator]();
  try {
    let [a, b] = [await left.next(), await right.next()];
    while (a.done !== true || b.done !== true) {
      if (b.done === true || (a.done !== true && !isBefore(b.value, a.value))) {
        if (a.done === true) return;
        yield a.value;
        a = await left.next();
      } else {
        yield b.value;
        b = await right.next();
      }
    }
  } finally {
    // When it is left early, or one of them fails.
    await left.return?.();
    await right.return?.();
  }
}
