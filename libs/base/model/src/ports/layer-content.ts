import type { Problem } from '../problem';

/** One entry of a layer, whatever the archive format. */
export interface LayerEntry {
  /** Normalised path without leading slash. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'other';
  /** Bytes of content. */
  readonly size: number;
  readonly mode: number;
  /** Target as written (symlink) or normalised path (hardlink); '' otherwise. */
  readonly link: string;
  /** Major and minor number both 0, of a character device: the overlay spelling of a whiteout. */
  readonly nullDevice: boolean;
}

/** This many of the first bytes of a file identify its format. One block of a tar. */
export const headBytes = 512;

/** Bytes that can be read at any offset: of a file on disk, a part of one, or memory. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset`, fewer than `length` only at the end. Only valid until the next call. */
  read(offset: number, length: number): Buffer;
  /** Where the bytes are in an open file, so that another thread can read them. */
  readonly stored?: { readonly descriptor: number; readonly offset: number };
}

/** Work on an open file that goes on in another thread while the layer is read further; its result as of `opened`. */
export interface BackgroundWork {
  readonly background: Promise<number>;
}

/** How a file is read: whole up to a number of bytes, its first bytes, or any of its bytes. */
export type ReadRequest = number | 'head' | 'open';

/** Receives the entries of a layer in their order. Synchronous, because it is in the hot loop. */
export interface LayerVisitor {
  /**
   * Decides how much of a regular file to read: all of it, if it is not larger than a number of bytes; its first bytes,
   * which cost next to nothing; any of its bytes (`open`); or undefined to skip it.
   */
  entry(entry: LayerEntry): ReadRequest | undefined;
  /** The whole content of a requested file; only called when it was not larger than the given number. */
  content(entry: LayerEntry, content: Uint8Array): void;
  /** A requested file that is larger than the given number and was not read. */
  oversized(entry: LayerEntry): void;
  /**
   * The first bytes of a file of which only these were requested: `headBytes`, or all of a smaller file. Only valid
   * during the call. With the result `open` any of its bytes are read as well.
   */
  head?(entry: LayerEntry, bytes: Uint8Array): unknown;
  /**
   * The bytes of a file that was requested with `open`, valid until the result settles, and its background work: how
   * many bytes of the file were kept in memory. Files are opened one after the other. `check` throws when the caller
   * aborted or time is up.
   */
  opened?(entry: LayerEntry, source: ByteSource, check: () => void): Promise<number | BackgroundWork>;
  /** Something that a walk could not read (a directory without permission); without this method the walk throws. */
  problem?(problem: Problem): void;
}

/** The bytes of a layer, or a way to walk it where there are no bytes (a root filesystem directory). */
export type LayerContent =
  /** A region of a file on disk: can be read twice and by seeking. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly offset: number;
      readonly length: number;
      /** The file is a private copy of ours, with the stamp of the file that it was unpacked from, if any. */
      readonly temporary?: { readonly unpackedFrom?: string };
    }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array> }
  | { readonly kind: 'walk'; walk(visitor: LayerVisitor): Promise<void> };
