/** When the deadlines of the images of a composition have to be looked at next. */
export interface DeadlineCheck {
  readonly composition: string;
  /** RFC 3339. */
  readonly at: string;
  /** Changes whenever it is planned. */
  readonly plan: number;
}

/** Which compositions have to be looked at when: those whose images or findings changed, and those with a deadline. */
export interface DeadlineStore {
  /** Plans checks at a time, unless they are planned earlier. Does nothing for unknown compositions. */
  planDeadlineChecks(compositions: readonly string[], at: string): Promise<void>;
  /** Checks that are planned for a time or earlier, the earliest first. */
  deadlineChecks(until: string, limit: number): Promise<readonly DeadlineCheck[]>;
  /** Replaces a check that was done by the next one; null: by none. Does nothing if it was planned again meanwhile. */
  putNextCheck(done: DeadlineCheck, next: string | null): Promise<void>;
}
