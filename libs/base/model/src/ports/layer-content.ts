import type { Problem } from '../problem';

/** One entry of a layer, of whatever archive form. */
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

/** So many of the first bytes of a file tell its format. One block of a tar. */
export const headBytes = 512;

/** Receives the entries of a layer in their order. Synchronous: it stands in the hot loop. */
export interface LayerVisitor {
  /**
   * Tells what of a regular file is wanted: all of it, if it is not larger than a number of bytes; its first bytes, which
   * cost next to nothing; or undefined to skip it.
   */
  entry(entry: LayerEntry): number | 'head' | undefined;
  /** The whole content of a wanted file; only called when it was not larger than asked for. */
  content(entry: LayerEntry, content: Uint8Array): void;
  /** A wanted file that is larger than asked for and was not read. */
  oversized(entry: LayerEntry): void;
  /** The first bytes of a file of which only these are wanted: `headBytes`, or all of a smaller one. Not to be kept. */
  head?(entry: LayerEntry, bytes: Uint8Array): void;
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
      /** The file is a copy of ours that nobody meets again, and the stamp of the file that it was unpacked from, if any. */
      readonly temporary?: { readonly unpackedFrom?: string };
    }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array> }
  | { readonly kind: 'walk'; walk(visitor: LayerVisitor): Promise<void> };
