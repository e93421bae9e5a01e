/** Examples as the help of a command shows them; each line is what follows `clarion`. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ clarion ${line}`).join('\n')}\n`;
}
