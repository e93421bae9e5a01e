import type { LockFormat } from '../lock-format';
import { noteOtherTables, noteVersion } from '../note-version';
import { tablesOf } from '../toml';

/**
 * Locks of Cargo (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html). A crate without a source is one
 * of the project. What is for development only is not marked.
 */
export const cargoLock: LockFormat = {
  type: 'cargo',
  names: ['Cargo.lock'],
  notBelow: ['vendor'],
  read(file) {
    const lock = file.toml();
    if (lock === undefined) return;
    if (lock['package'] === undefined && lock['version'] === undefined) file.reject('it has no list of packages');
    noteVersion(file, { version: lock['version'] }, (version) => version >= 1 && version <= 4);
    noteOtherTables(file, lock, 'package');
    for (const { name, version, source } of tablesOf(lock['package'])) {
      if (source !== undefined && !file.list(name, version)) return;
    }
  },
};
