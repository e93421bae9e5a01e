import type { StoreMigration } from './migration';

/**
 * Every change of facts is logged from here on. Nothing is rewritten, but an older Clarion must not write any more: what
 * it changed would be missing in the log, and facts of the past would be wrong.
 */
export const logOfChanges: StoreMigration = {
  to: 6,
  since: '0.2.0',
  ranges: [],
  rewrite: () => undefined,
};
