/**
 * To format 3: every change of facts is logged from here on. Nothing is rewritten, but an older Clarion must not write
 * any more: what it changed would be missing in the log, and facts of the past would be wrong.
 */
export function logOfChanges(): Promise<void> {
  return Promise.resolve();
}
