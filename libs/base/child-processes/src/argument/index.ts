/** Makes a program run as a child process of itself. No command has this name. */
export const processArgument = '--child-process';

/** Whether these arguments, and a channel to a parent, start a child process. */
export function isChildProcess(argv: readonly string[]): boolean {
  return argv[2] === processArgument && process.send !== undefined;
}
