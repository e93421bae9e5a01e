import type { Digest, Problem } from '@clarion/model';
import type { Compression } from './sniff-compression';

export interface ReadLayerResult {
  /** Of the uncompressed tar, computed; for a `walk` of a canonical listing of what was delivered. */
  readonly diffId: Digest;
  /** Of the bytes as stored, computed; absent for a `walk`. */
  readonly blob?: Digest;
  readonly compression: Compression;
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  readonly entries: number;
  readonly problems: readonly Problem[];
  /**
   * Key of the part of a file that was read (`identifyRegion`). Absent where the same key could once be that of other
   * bytes, and for what is met only once.
   */
  readonly seenAs?: string;
}
