/** The right of one process to do something that must not be done twice at once; ends by itself when it dies. */
export interface LeaseStore {
  /** Takes or prolongs the lease of `name`; false while another owner's has not ended. */
  lease(name: string, owner: string, options: { readonly now: string; readonly until: string }): Promise<boolean>;
  /** Ends it, if `owner` has it. */
  endLease(name: string, owner: string): Promise<void>;
}
