import type { Ecosystem } from '../ecosystem';

/** Crates of Rust. */
export const cargo: Ecosystem = {
  type: 'cargo',
  namespace: 'crates.io',
  versionScheme: 'semver',
  osv: { name: 'crates.io', downloaded: true },
  otherNames: ['rust'],
  ownDatabase: 'RUSTSEC-',
  compiledIn: true,
  lockFiles: ['**/Cargo.lock'],
  manifests: ['**/Cargo.toml'],
  workspaceLocks: ['Cargo.lock'],
};
