/** Passes events from callbacks to one `for await` loop. The queue is unbounded: the caller limits what it pushes. */
export interface EventQueue<T> {
  push(event: T): void;
  /** Ends the loop after the events pushed so far. */
  end(): void;
  events(): AsyncGenerator<T, void>;
}

export function eventQueue<T>(): EventQueue<T> {
  const waiting: T[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  return {
    push(event) {
      waiting.push(event);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *events() {
      for (;;) {
        yield* waiting.splice(0);
        if (waiting.length > 0) {
          continue;
        }
        if (ended) {
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
