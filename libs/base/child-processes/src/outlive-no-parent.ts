/** What a thread of a child process watches. */
export interface WatchedParent {
  /** Process id of the parent. */
  readonly parent: number;
  /** How long the child may continue without it. */
  readonly millis: number;
}

const lookMillis = 500;

/** Calls `end` once, this long after the parent is gone. `parentNow` returns the process id of the current parent. */
export function outliveNoParent({ parent, millis }: WatchedParent, parentNow: () => number, end: () => void): void {
  const timer = setInterval(() => {
    if (parentNow() === parent) return;
    clearInterval(timer);
    setTimeout(end, millis);
  }, lookMillis);
}
