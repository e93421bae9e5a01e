/** Waits, but not longer than until `signal` aborts. */
export function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    signal.addEventListener('abort', end);
  });
}

/** A function, because the type checker assumes that the value cannot change across an await. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
