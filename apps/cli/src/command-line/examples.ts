/** Formats examples as shell input. */
export function typed(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Formats examples for the help of a command; each line is the part after `clarion`. */
export function examples(...lines: readonly string[]): string {
  return typed(...lines.map((line) => `clarion ${line}`));
}
