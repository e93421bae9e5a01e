/** A time limit that ends early when the parent signal aborts. */
export interface Deadline {
  /** Aborted with the reason of the parent, or with a `TimeoutError` when the time is over. */
  readonly signal: AbortSignal;
  /** Removes timer and listener. The signal does not abort any more. Call this at the end. */
  readonly clear: () => void;
}

/** The longest time that a timer of Node takes. */
const longestTimer = 2 ** 31 - 1;

/**
 * A signal that aborts with `parent`, or after `millis` (at most 24.8 days; at once when there is no time left). The
 * timer references the signal, so that it fires whatever the garbage collector does, and does not keep the process
 * alive.
 */
export function createDeadline(millis: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const clear = (): void => {
    clearTimeout(timer);
    parent?.removeEventListener('abort', giveUp);
  };
  const giveUp = (): void => {
    clear();
    controller.abort(parent?.reason);
  };
  const timer = setTimeout(
    () => {
      clear();
      controller.abort(new DOMException(`It took longer than ${millis} ms`, 'TimeoutError'));
    },
    Math.min(Math.max(millis, 0), longestTimer),
  );
  timer.unref();
  if (parent?.aborted === true) giveUp();
  else parent?.addEventListener('abort', giveUp, { once: true });
  return { signal: controller.signal, clear };
}
