export interface UntilOptions {
  /** It fails after so many seconds; 60 unless stated. */
  readonly seconds?: number;
  /** Milliseconds between two questions; 10 unless stated. */
  readonly every?: number;
}

/** Asks again and again until it holds. Rejects, with `what`, when that takes too long, and with what `holds` throws. */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  { seconds = 60, every = 10 }: UntilOptions = {},
): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not in time: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
