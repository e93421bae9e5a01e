import type { Digest } from './digest';

/**
 * The kind of package database or artefact a feature was read from: `dpkg`, `npm`, or one of the user's own (`x-acme`).
 * The known ones have a row in `@clarion/ecosystems`, which also parses this text.
 */
export type PackageType = string;

/** The type used to look up packages in an index: all of the user's own types share one. */
export type IndexedPackageType = string;

/**
 * Anything in a filesystem that can indicate a vulnerability: an installed package, as one detector read it from one
 * file. Its distribution is not known here; `assemble-image` joins that later.
 */
export interface Feature {
  readonly type: PackageType;
  readonly name: string;
  /** As written by the package manager; for rpm `[epoch:]version-release`, without an epoch of 0. */
  readonly version: string;
  readonly architecture?: string;
  /** Source package and its version; absent when the database names none. */
  readonly source?: { readonly name: string; readonly version: string };
  /** rpm modularity label `name:stream:version:context`, as written. */
  readonly module?: string;
  readonly license?: string;
  /** Vendor (rpm) or maintainer (dpkg, apk): identifies third-party packages. */
  readonly vendor?: string;
  /** Path of the file that proves the package, inside the layer, without leading slash. */
  readonly path: string;
  /** The archive inside that file that proves the package: `b.war!/c.jar`. */
  readonly within?: string;
}

/** Number of characters of a package that a report, and each of its findings, repeats. */
export function textLength({ name, version, path, source }: Feature): number {
  return (
    name.length + version.length + path.length + (source === undefined ? 0 : source.name.length + source.version.length)
  );
}

/** A feature of the composed image, with its namespace and origin. */
export interface PlacedFeature extends Feature {
  /** Namespace id, or null when the image does not identify its distribution. */
  readonly namespace: string | null;
  /** diffID of the layer that introduced the feature in its current state. */
  readonly layer: Digest;
  /** Id of the repository that it was installed from, according to the package manager. */
  readonly repository?: string;
}
