const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

/** Limits for one archive. Byte counts are sums over all members, frames and streams of the archive. */
export interface ArchiveLimits {
  /** Bytes as stored. */
  readonly compressedBytes: number;
  /** Bytes after decompression. */
  readonly bytes: number;
  /** Decompressed bytes for each stored byte, once more than `ratioFreeBytes` came out. */
  readonly ratio: number;
  readonly ratioFreeBytes: number;
  /** Headers of any kind. */
  readonly entries: number;
  /** Bytes of one path. */
  readonly pathBytes: number;
  /** Bytes of one pax header, GNU long name or sparse map. */
  readonly headerBytes: number;
  /** Sum of the contents that are kept from one archive. */
  readonly wantedBytes: number;
  /** Bytes of one file that is kept in a temporary file, to be read at any offset. */
  readonly openedBytes: number;
  /** Wall clock. */
  readonly millis: number;
}

export const defaultLimits: ArchiveLimits = {
  compressedBytes: 10 * gibibyte,
  bytes: 20 * gibibyte,
  ratio: 200,
  ratioFreeBytes: 100 * mebibyte,
  entries: 2_000_000,
  pathBytes: 4096,
  headerBytes: mebibyte,
  wantedBytes: 512 * mebibyte,
  openedBytes: 4 * gibibyte,
  millis: 15 * 60 * 1000,
};

/** The default limits with some of them replaced. */
export function withDefaults(limits: Partial<ArchiveLimits> | undefined): ArchiveLimits {
  return { ...defaultLimits, ...limits };
}
