/** An append-only file that can be read at any offset, and is deleted when it is closed or its process ends. */
export interface ScratchFile {
  /** Appends bytes; returns the offset where they start. */
  append(bytes: Uint8Array): number;
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Opens an empty scratch file for data that does not fit into memory. */
export type OpenScratch = () => ScratchFile;

/** How much may be kept in memory, and where the rest goes; without `openScratch` everything stays in memory. */
export interface SpoolOptions {
  readonly openScratch?: OpenScratch;
  /** Estimated bytes; default 16 MiB. */
  readonly memoryBytes?: number;
}

/**
 * A higher limit saves no time: the garbage collector copies long-lived data, and then lets the heap grow to several
 * times the size in use.
 */
export const defaultMemoryBytes = 16 * 1024 ** 2;
/** A feed that needs more scratch space than this is not a valid feed. */
export const maxScratchBytes = 32 * 1024 ** 3;
