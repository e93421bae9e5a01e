/** The shell's exit code for a program ended by SIGPIPE: the reader closed the pipe before everything was written. */
export const readerGone = 141;

/** Whether the reader of a pipe closed it (`| head`). */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/**
 * Lets a run continue when the reader of stdout or stderr closes it early (`| head`): the result of a run is its exit
 * code, even if nobody reads the rest. Other failures to write to stdout are passed to `failed`.
 */
export function surviveClosedPipes(failed: (error: Error) => void): void {
  process.stdout.on('error', (error: Error) => {
    if (!isClosedPipe(error)) failed(error);
  });
  // Nobody can be notified of a failure of the stream that failures are written to.
  process.stderr.on('error', () => undefined);
}

/** Ends with 1 when nothing is left to wait for and `run` has not settled: a run without a result did not pass. */
export async function requireEnd(run: Promise<void>): Promise<void> {
  const unfinished = (): void => {
    process.exitCode = 1;
  };
  process.once('beforeExit', unfinished);
  try {
    await run;
  } finally {
    process.removeListener('beforeExit', unfinished);
  }
}
