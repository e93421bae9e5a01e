/** One page of a list: `next` goes into `after` of the next question; absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Which page of a list. */
export interface PageRequest {
  readonly after?: string;
  /** At least 1. */
  readonly limit: number;
}
