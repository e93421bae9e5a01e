import type { PackageType } from '@clarion/model';
import type { LockFile } from './lock-file';

/** One kind of lock file or manifest. */
export interface LockFormat {
  /**
   * Names of its files in any directory, or the globs of names, after the last directories if those matter
   * (`requirements/*.txt`): the row of the ecosystem has them after `**` (`lockFiles`).
   */
  readonly names: readonly string[];
  /** The type of the packages that it lists. */
  readonly type: PackageType;
  /**
   * Lists the packages of a file. Throws nothing: what cannot be read is noted in the file. Packages for development
   * only, where the file marks them, and the project's own directories are left out.
   */
  readonly read: (file: LockFile) => void | Promise<void>;
  /** Directories below which such files come with packages of others: `vendor`. */
  readonly notBelow?: readonly string[];
}
