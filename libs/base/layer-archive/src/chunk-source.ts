import type { ArchiveBudget } from './budget';

/** The same chunks, but waiting for one ends with the budget's time, even when the source never answers. */
export async function* untilOver(
  chunks: AsyncIterable<Uint8Array>,
  budget: Pick<ArchiveBudget, 'deadline'>,
): AsyncGenerator<Uint8Array> {
  const { signal, clear } = budget.deadline();
  const source = chunks[Symbol.asyncIterator]();
  let stop: (() => void) | undefined;
  const onAbort = (): void => stop?.();
  signal.addEventListener('abort', onAbort);
  let ended = false;
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
        stop = () => {
          resolve(undefined);
        };
        source.next().then(resolve, reject);
      });
      if (next === undefined) break;
      ended = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    clear();
    // A source that never answers would not answer this either: notify it, but do not wait for it.
    if (!ended) void source.return?.().then(undefined, () => undefined);
  }
}
