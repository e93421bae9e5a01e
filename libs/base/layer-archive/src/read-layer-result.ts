import type { Digest, Problem } from '@clarion/model';
import type { Compression } from './sniff-compression';

export interface ReadLayerResult {
  /** Of the uncompressed tar, computed; for a `walk` of a canonical listing of its entries. */
  readonly diffId: Digest;
  /** Of the bytes as stored, computed; absent for a `walk`. */
  readonly blob?: Digest;
  readonly compression: Compression;
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  readonly entries: number;
  readonly problems: readonly Problem[];
  /**
   * Key of the part of a file that was read (`identifyRegion`). Absent where the same key could later belong to other
   * bytes, and for a file that is only seen once.
   */
  readonly seenAs?: string;
}
