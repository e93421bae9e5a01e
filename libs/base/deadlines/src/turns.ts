/** Slices for long work of a process that answers callers. */
export interface WorkTurns {
  /** Whether this work has used up its time slice: time to `await next()`. Cheap enough for every step. */
  isOver(): boolean;
  /** Yields the thread; resolves when the next slice begins. */
  next(): Promise<void>;
}

/** Long enough that yielding costs nothing, too short for a caller to notice. */
const sliceMillis = 10;

/**
 * Begins a slice. However much work waits for its next slice, only one begins in each turn of the event loop, so that
 * everything else waits for one slice at most.
 */
export function createTurns({ millis = sliceMillis, now = () => performance.now() } = {}): WorkTurns {
  let end = now() + millis;
  return {
    isOver: () => now() >= end,
    async next() {
      await turn();
      end = now() + millis;
    },
  };
}

/** In the order in which they came. */
const waiting: (() => void)[] = [];

function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(beginNext);
  });
}

function beginNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(beginNext);
}
