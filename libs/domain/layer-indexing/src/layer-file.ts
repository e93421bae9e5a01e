import type { TakenExcerpt } from '@clarion/file-formats/parts';
import type { Problem } from '@clarion/model';
import type { FileDigests } from './listed-digests';

/**
 * A file to read of the current layer, as in file systems: hard links are further names of the same file, and it
 * exists as long as it has a name.
 */
export interface LayerFile {
  /** Its original name, which may belong to another file by now. */
  readonly path: string;
  readonly size: number;
  content?: Uint8Array;
  /** The parts that detectors asked for, by detector. */
  excerpts?: Map<string, TakenExcerpt>;
  /** Those of the whole file, where parts of it were taken and packages may own it. */
  digests?: FileDigests;
  /** Detectors whose filters match its path, but not its mode or format. */
  unselected?: ReadonlySet<string>;
  /** Whether it was opened for a detector that may be given a part of it, or all. */
  opened?: boolean;
  /** Its path matches no filter by name, so it is recorded only if a detector is given it. */
  readonly byContent?: true;
  /** Why its content was not kept, if known. `unknown`: it is a hard link to a target that was not followed. */
  skipped?: 'too large' | 'no room' | 'unknown';
  /** The problem of a directory walk that could not read it. */
  unreadable?: Problem;
}
