/** What a thread of a child process watches. */
export interface Watched {
  /** Process id of the parent. */
  readonly parent: number;
  /** How long the child may go on without it. */
  readonly millis: number;
}

const lookMillis = 500;

/** Calls `end` once, so long after the parent is gone. `parentNow` gives the process id of the present parent. */
export function outliveNoParent({ parent, millis }: Watched, parentNow: () => number, end: () => void): void {
  const timer = setInterval(() => {
    if (parentNow() === parent) return;
    clearInterval(timer);
    setTimeout(end, millis);
  }, lookMillis);
}
