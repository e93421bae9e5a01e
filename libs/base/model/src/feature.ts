import type { Digest } from './digest';
import { isOwnName, type OwnName } from './own-name';

/** Kinds of package databases that Clarion knows. */
export const builtInPackageTypes = ['alpm', 'apk', 'dpkg', 'rpm'] as const;

export type BuiltInPackageType = (typeof builtInPackageTypes)[number];

/**
 * The kind of package database or artefact a feature was read from: one that Clarion knows, or one of a user's own, whose
 * packages live in the namespace of the same name whatever the distribution is.
 */
export type PackageType = BuiltInPackageType | OwnName;

/** The kind that packages are found by in an index: all of users' own are found together. */
export type IndexedPackageType = BuiltInPackageType | 'x';

export const indexedPackageTypes: readonly IndexedPackageType[] = [...builtInPackageTypes, 'x'];

export function indexedPackageType(type: PackageType): IndexedPackageType {
  return isOwnName(type) ? 'x' : type;
}

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

/** Characters that a report, and each finding, repeats of a package. */
export function textLength({ name, version, path, source }: Feature): number {
  return (
    name.length + version.length + path.length + (source === undefined ? 0 : source.name.length + source.version.length)
  );
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
