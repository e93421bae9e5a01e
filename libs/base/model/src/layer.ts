import type { Digest } from './digest';
import type { ScopeEvidence } from './evidence';
import type { Feature } from './feature';
import type { NamespaceEvidence } from './namespace';
import type { Problem } from './problem';

/**
 * The part of a layer's directory tree that composing images needs: what hides, replaces or redirects files that match
 * a filter. Paths are normalised, without leading slash.
 */
export interface LayerStructure {
  /** Paths that `.wh.` entries remove from lower layers. */
  readonly whiteouts: readonly string[];
  /** Directories whose lower content is hidden (`.wh..wh..opq`); '' is the root. */
  readonly opaques: readonly string[];
  /** All symbolic links as [path, target as written]. */
  readonly symlinks: readonly (readonly [string, string])[];
  /** Hard links at paths that match a filter to files of this layer, as [path, path of the file in the final layer]. */
  readonly hardlinks: readonly (readonly [string, string])[];
  /** Hard links at paths that match a filter to files of lower layers, as [path, target path]. */
  readonly lowerLinks?: readonly (readonly [string, string])[];
  /** Regular files that match a filter, whether or not they could be read. */
  readonly files: readonly string[];
  /** Other entries that can hide such files: non-directories where a directory on the way to one may be. */
  readonly obstacles: readonly string[];
  /** Directory entries where a lower layer may have a symbolic link. */
  readonly directories: readonly string[];
  /**
   * Names of the other entries, encoded by the reader of the layers: each may replace a file below that a detector was
   * given for its content. Absent where no detector selects files by that.
   */
  readonly names?: string;
}

/** Files in one place that indicate packages of an ecosystem that no detector may have read. */
export interface EcosystemSign {
  /** The type of package URLs: `npm`. */
  readonly ecosystem: string;
  readonly files: number;
  /** The first few of them. */
  readonly paths: readonly string[];
  /** The files are in many places, so a part of them can be removed. */
  readonly scattered?: boolean;
  /**
   * The files are in directories of the distribution: those that packages of any layer own do not count. All paths are
   * kept.
   */
  readonly unlessOwned?: boolean;
  /** Id of the detector that reads these files where it is on: the sign counts only where it is off. */
  readonly readBy?: string;
  /**
   * The sign counts only in an image in which no package of the ecosystem was found.
   */
  readonly unlessFound?: boolean;
}

/** Which files packages of a distribution own, as far as the databases of one layer show. */
export interface PackageFiles {
  /** Hashes of their paths, encoded by the reader of the layers. */
  readonly owned?: string;
  /** Names of packages that own files. */
  readonly packages?: readonly string[];
  /** For each hash, the number of its package in `packages`, from 1; 0 for an unknown one. Encoded likewise. */
  readonly owners?: string;
  /**
   * Hashes of the paths of files that prove packages of languages and that are not, in this layer, what their packages
   * brought: their digests are others. Encoded like `owned`.
   */
  readonly replaced?: string;
  /** Hashes of the paths of files that prove packages of languages, where distributions put files. Encoded like `owned`. */
  readonly evidence?: string;
  /** For each hash in `evidence`, the start of a digest of the content. Encoded like `owners`. */
  readonly contents?: string;
  /** There is a package database that does not list the files of its packages. */
  readonly unlisted?: boolean;
}

/** What one version of one detector found in one layer. */
export interface LayerDetection {
  readonly detector: string;
  readonly version: number;
  /** The files this detector was given: one without facts is "present and empty". */
  readonly files: readonly string[];
  /**
   * For files that were given once although several matching names lead to them, as [path of the file, name it was
   * given under].
   */
  readonly aliases?: readonly (readonly [string, string])[];
  readonly features: readonly Feature[];
  readonly namespaces: readonly NamespaceEvidence[];
  readonly evidence?: readonly ScopeEvidence[];
  /** Packages that were recognised and not read. */
  readonly signs?: readonly EcosystemSign[];
  /** Which files packages own, according to this layer: signs in other layers may belong to these packages. */
  readonly packageFiles?: PackageFiles;
  readonly problems: readonly Problem[];
}

/** Everything stored about a layer; keyed by the diffID that was computed from its bytes. */
export interface LayerIndex {
  readonly diffId: Digest;
  /** Digests of blobs that contained this layer (compressed forms). */
  readonly blobs: readonly Digest[];
  /** Bytes of the uncompressed tar, and how many entries it has. */
  readonly size: number;
  readonly entries: number;
  readonly structure: LayerStructure;
  readonly detections: readonly LayerDetection[];
  /** Problems of the archive itself. */
  readonly problems: readonly Problem[];
}
