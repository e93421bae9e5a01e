/** The exclusive right of one process to do something; expires when the process dies. */
export interface LeaseStore {
  /** Takes or prolongs the lease of `name`; false while another owner's lease has not ended. */
  lease(name: string, owner: string, options: { readonly now: string; readonly until: string }): Promise<boolean>;
  /** Ends it, if `owner` has it. */
  endLease(name: string, owner: string): Promise<void>;
}
