/** Counts bytes that were taken out of a file. */
export interface ByteBudget {
  /** True while all bytes taken so far fit the budget. */
  readonly take: (bytes: number) => boolean;
}

/**
 * In an intact database no two records share bytes, so all records together are not larger than the file. A crafted one
 * lets thousands of records point at the same pages; the budget ends that.
 */
export function byteBudget(total: number): ByteBudget {
  let left = total;
  return {
    take(bytes) {
      left -= bytes;
      return left >= 0;
    },
  };
}
