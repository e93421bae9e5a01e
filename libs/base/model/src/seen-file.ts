import type { Digest } from './digest';

/** The digests of a part of a file, as they were computed when it was read. */
export interface SeenFile {
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** Of the bytes as they are in the file. */
  readonly blob: Digest;
}

/**
 * Parts of files whose bytes were read before, by a key that is another one after every change of the file
 * (`LayerIdentity`). Each is forgotten when it was not asked for since the day that `StoreMaintenance.prune` is given.
 */
export interface SeenFileStore {
  seenFile(key: string): Promise<SeenFile | undefined>;
  putSeenFile(key: string, seen: SeenFile): Promise<void>;
}
