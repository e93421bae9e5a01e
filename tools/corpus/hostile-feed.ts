/** A feed as a mirror might give it that is broken, or that somebody else holds. */
export interface HostileFeed {
  /** `family/case`. */
  readonly name: string;
  readonly feed: string;
  /** `refused`: the update must fail; `kept`: it may pass, with what cannot be read as problems. Good facts stay in both. */
  readonly expect: 'refused' | 'kept';
  /** Where the mirror is: a folder that was written, or the address of a server that runs until `close`. */
  open(directory: string): Promise<Mirror>;
}

export interface Mirror {
  readonly from: string;
  close(): Promise<void>;
}
