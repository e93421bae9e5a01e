/**
 * The stored form of a value: JSON, or deflated JSON if it is long. Untrusted data occurs only here and in key parts,
 * never in member names. If it is longer than a page, the rest is in the collection `pages`.
 */
export interface ValueDocument {
  readonly _id: string;
  readonly v: string | Uint8Array;
  /** Names the further pages: new for every write, so that a reader never joins two of them. */
  readonly g?: string;
  /** How many further pages there are. */
  readonly n?: number;
}
