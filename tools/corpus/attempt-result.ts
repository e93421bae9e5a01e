import type { Fault } from './faults';

/** One input and its faults. */
export interface AttemptResult {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly peakMebibytes: number;
  /** The first line of output of the command line. */
  readonly said: string;
}

/** What every attempt works with. */
export interface AttemptContext {
  readonly directory: string;
  readonly bundle: string;
  /** A store in which the feeds of the sample are. */
  readonly store: string;
}

export function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.slice(0, 160) ?? ''
  );
}
