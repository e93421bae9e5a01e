export interface UntilOptions {
  /** Time limit in seconds. Default: 60. */
  readonly seconds?: number;
  /** Milliseconds between two checks. Default: 10. */
  readonly every?: number;
}

/** Repeats `condition` until it is true. Rejects with `what` on a time-out, and with errors of `condition`. */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  { seconds = 60, every = 10 }: UntilOptions = {},
): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not in time: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
