/** A feed from a broken or compromised mirror. */
export interface HostileFeed {
  /** `family/case`. */
  readonly name: string;
  readonly feed: string;
  /**
   * `refused`: the update must fail; `kept`: it may succeed, with unreadable parts as problems. Good facts stay in both
   * cases.
   */
  readonly expect: 'refused' | 'kept';
  /** Where the mirror is: a folder that was written, or the address of a server that runs until `close`. */
  open(directory: string): Promise<Mirror>;
}

export interface Mirror {
  readonly from: string;
  close(): Promise<void>;
}
