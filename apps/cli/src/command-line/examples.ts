/** Examples as they are typed into a shell. */
export function typed(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Examples as the help of a command shows them; each line is what follows `clarion`. */
export function examples(...lines: readonly string[]): string {
  return typed(...lines.map((line) => `clarion ${line}`));
}
