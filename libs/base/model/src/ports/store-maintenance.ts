export interface StoreMaintenance {
  /**
   * Deletes layers and images not used since `before` (RFC 3339), compositions without an image, and feeds not in
   * `keepFeeds`, with their history; that a feed was there is kept (`HistoryStore.removedFeeds`). Images that are not indexed yet stay, with the layers that they wait for, and so do layers of images
   * that stay and compositions stored since `before`. With `keepSubmitted`, submitted images also stay, and so do
   * images that tags named, however long ago.
   */
  prune(options: {
    readonly before: string;
    readonly keepFeeds: readonly string[];
    readonly keepSubmitted?: boolean;
  }): Promise<PruneResult>;
  /** Whether facts can be read and written now. */
  ready(): Promise<boolean>;
  /** Bytes on disk, where the store knows. */
  size(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface PruneResult {
  readonly images: number;
  readonly layers: number;
  readonly feeds: number;
}
