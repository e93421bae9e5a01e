export interface StoreMaintenance {
  /**
   * Forgets layers and images not used since `before` (RFC 3339), compositions that no image has, and feeds not in
   * `keepFeeds`. Images that are not indexed yet stay, with the layers that they wait for, and so do layers of images that
   * stay and compositions stored since `before`. With `keepSubmitted`, images that were submitted stay as well, and what
   * tags named, however long ago.
   */
  prune(options: {
    readonly before: string;
    readonly keepFeeds: readonly string[];
    readonly keepSubmitted?: boolean;
  }): Promise<PruneResult>;
  /** Whether facts can be read and written now. */
  ready(): Promise<boolean>;
  /** Bytes on disk, where the store can tell. */
  size(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface PruneResult {
  readonly images: number;
  readonly layers: number;
  readonly feeds: number;
}
