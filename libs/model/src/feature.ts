import type { Digest } from './digest';

/** The kind of package database or artefact a feature was read from. */
export type PackageType = 'dpkg' | 'apk' | 'rpm' | 'alpm';

/**
 * Anything in a filesystem that can indicate a vulnerability: an installed package, as one detector read it from
 * one file. Which distribution it belongs to is not known here; `assemble-image` joins that later.
 */
export interface Feature {
  readonly type: PackageType;
  readonly name: string;
  /** As written by the package manager; for rpm `[epoch:]version-release`, an epoch of 0 left out. */
  readonly version: string;
  readonly architecture?: string;
  /** Source package and its version; absent when the database names none. */
  readonly source?: { readonly name: string; readonly version: string };
  /** rpm modularity label `name:stream:version:context`, as written. */
  readonly module?: string;
  readonly license?: string;
  /** Vendor (rpm) or maintainer (dpkg, apk): tells third-party packages apart. */
  readonly vendor?: string;
  /** Path of the file that proves the package, inside the layer, without leading slash. */
  readonly path: string;
}

/** A feature of the image as it is now: its namespace is joined and its origin known. */
export interface PlacedFeature extends Feature {
  /** Namespace id, or null when the image does not tell its distribution. */
  readonly namespace: string | null;
  /** diffID of the layer that introduced the feature as it now is. */
  readonly layer: Digest;
  /** Id of the repository that the package manager says it was installed from. */
  readonly repository?: string;
}
