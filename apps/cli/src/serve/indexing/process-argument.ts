/** What makes the program of the command line an indexing process of `serve`. No command has this name. */
export const processArgument = '--indexing-process';

/** Whether these arguments, and a channel to a parent, say so. */
export function isIndexingProcess(argv: readonly string[]): boolean {
  return argv[2] === processArgument && process.send !== undefined;
}
