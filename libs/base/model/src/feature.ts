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
  /** Who published it, as the package says beside its maintainer (`Vendor` or `Origin` of dpkg). */
  readonly publisher?: string;
  /** Path of the file that proves the package, inside the layer, without leading slash. */
  readonly path: string;
  /** The archive inside that file that proves the package: `b.war!/c.jar`. */
  readonly within?: string;
  /**
   * Present where the package is known only by indirect evidence, such as the manifest or the name of an archive: name
   * or version may be wrong or incomplete.
   */
  readonly confidence?: 'inferred';
  /**
   * Of a Go module, if its program shows them: which of the module's functions are linked, as `encodeLinkedFunctions` of
   * `@clarion/ecosystems` writes them; else the platform of the program, of `encodeUnknownFunctions`. Only matching reads
   * it.
   */
  readonly linkedFunctions?: string;
}

/** The evidence of a package as reports write it: its file, and the archive in it (`a.ear!/b.war!/c.jar`). */
export function evidencePath({ path, within }: Pick<Feature, 'path' | 'within'>): string {
  return within === undefined ? path : `${path}!/${within}`;
}

/** Number of characters of a package that a report, and each of its findings, repeats. */
export function textLength(feature: Feature): number {
  const { name, version, source } = feature;
  const ofSource = source === undefined ? 0 : source.name.length + source.version.length;
  return name.length + version.length + evidencePath(feature).length + ofSource;
}

/** Number of characters of a package where it is stored. */
export function storedLength(feature: Feature): number {
  return textLength(feature) + (feature.linkedFunctions?.length ?? 0);
}

/** A feature of the composed image, with its namespace and origin. */
export interface PlacedFeature extends Feature {
  /** Namespace id, or null when the image does not identify its distribution. */
  readonly namespace: string | null;
  /** diffID of the layer that introduced the feature in its current state. */
  readonly layer: Digest;
  /** Id of the repository that it was installed from, according to the package manager. */
  readonly repository?: string;
  /** Of a package of a language: name of the distribution's package that owns the file which proves it. */
  readonly owner?: string;
}
