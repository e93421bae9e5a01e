import type { StoreEnvironment } from '../environment';

/**
 * One step from a format to the next. It rewrites records of some ranges, one at a time, so that it can be interrupted
 * after any of them: the transaction of a batch also stores where to continue.
 */
export interface StoreMigration {
  /** The format that the store has afterwards: the one before it plus 1. */
  readonly to: number;
  /** The first version of Clarion that reads that format, for the error message of older versions. */
  readonly since: string;
  /** The ranges to rewrite, in this order; `start` is inclusive, `end` is not. */
  readonly ranges: readonly { readonly start: string; readonly end: string }[];
  /**
   * Rewrites one record, inside a write transaction. It may put and remove records anywhere; records that it puts after
   * `key` in the same range are passed to it again, and it must not change them.
   */
  readonly rewrite: (env: StoreEnvironment, key: string, value: unknown) => void;
}
