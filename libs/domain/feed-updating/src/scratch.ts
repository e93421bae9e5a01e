/** A file that is only appended to, read at any place, and gone when it is closed or its process ends. */
export interface ScratchFile {
  /** Appends bytes; the place where they begin. */
  append(bytes: Uint8Array): number;
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Opens an empty scratch file: what does not fit into memory goes there. */
export type OpenScratch = () => ScratchFile;

/** What it takes to record changes of facts. */
export interface ChangeRecording {
  /** Where changes go that do not fit into memory. */
  readonly openScratch: OpenScratch;
  /** A new time-ordered id of an update. */
  readonly newId: () => string;
}

/** How much may be held in memory, and where the rest goes; without a place for it everything is held. */
export interface SpoolOptions {
  readonly openScratch?: OpenScratch;
  /** Estimated bytes; default 16 MiB. */
  readonly memoryBytes?: number;
}

/**
 * More saves no time: what is held for long is copied by the garbage collector, which then lets the heap grow to several
 * times of what is in use.
 */
export const defaultMemoryBytes = 16 * 1024 ** 2;
/** A feed that needs more than this beside the store is none. */
export const maxScratchBytes = 32 * 1024 ** 3;
