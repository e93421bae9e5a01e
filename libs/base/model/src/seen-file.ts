import type { Digest } from './digest';

/** The digests of a part of a file, as computed when it was read. */
export interface SeenFile {
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** Of the bytes as they are in the file. */
  readonly blob: Digest;
}
