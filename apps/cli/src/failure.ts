import { ClarionError, escapeUnprintable, storageFailure, yesOrNo } from '@clarion/model';

/** Exit codes of the command line (docs/cli.md): when several apply, the lowest of 1 to 4 wins. */
export const exitCodes = { passed: 0, error: 1, violated: 2, incomplete: 3, noData: 4, interrupted: 130 } as const;

/** Escapes control characters for terminals: names of files and images are untrusted input. */
export function printable(text: string): string {
  return escapeUnprintable(text, '\n\t');
}

/** One line for people: the error, then the remedy. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof ClarionError ? error.remedy : undefined;
  return printable(remedy === undefined ? message : `${message}; ${remedy}`).replace(/\s*\n\s*/g, ' ');
}

/** The same for programs: one JSON object on one line. */
export function describeErrorAsJson(error: unknown): string {
  const known = error instanceof ClarionError ? error : undefined;
  return JSON.stringify({
    error: {
      code: known?.code ?? 'internal',
      message: error instanceof Error ? error.message : String(error),
      remedy: known?.remedy ?? null,
    },
  });
}

/** A warning for programs: one JSON object on one line. */
export function describeWarningAsJson(message: string): string {
  return JSON.stringify({ warning: { message } });
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Error && error.name === 'AbortError') return exitCodes.interrupted;
  return error instanceof ClarionError && error.code === 'no-data' ? exitCodes.noData : exitCodes.error;
}

/** Whether errors have to be printed as JSON: checked before, or without, parsing the options. */
export function isJsonRequested(args: readonly string[]): boolean {
  return args.includes('--json-errors') || yesOrNo(process.env['CLARION_JSON_ERRORS'] ?? '') === true;
}

/** Reports an error on stderr and sets the exit code; prints a stack only with CLARION_DEBUG. */
export function exitWith(thrown: unknown, asJson: boolean): void {
  // A failure of the disk of standard output is not described yet.
  const error = storageFailure(thrown, 'the output') ?? thrown;
  process.stderr.write(asJson ? `${describeErrorAsJson(error)}\n` : `clarion: ${describeError(error)}\n`);
  if (yesOrNo(process.env['CLARION_DEBUG'] ?? '') === true && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  process.exitCode = exitCodeOf(error);
}
