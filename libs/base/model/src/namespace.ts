import type { Digest } from './digest';
import type { PackageType } from './feature';

/**
 * Evidence of one file about the distribution. Several files may provide some (os-release, a vendor's release file, apt
 * sources); in the merged view of an image the evidence of the highest rank wins.
 */
export interface NamespaceEvidence {
  /** `debian:12`, `alpine:v3.20`, `rhel:9`, `wolfi`. */
  readonly id: string;
  /** Which package databases belong to this distribution. */
  readonly packageType: PackageType;
  /** Higher wins. See `evidenceRank`. */
  readonly rank: number;
  /**
   * When set, this evidence only refines that of other files: it counts only if the best plain evidence is of this
   * family (`debian` for apt sources that name sid, `alpine` for an edge repository).
   */
  readonly refines?: string;
  /** The exact version text of the file (`12.5`, `9.4`), where it is more precise than the id. */
  readonly versionText?: string;
  /**
   * True for a channel enabled in addition to the distribution itself (an extra edge repository); never the namespace.
   */
  readonly channel?: boolean;
  readonly path: string;
}

/** The order of evidence (reference: os-release first, vendor files override it, refinements on top). */
export const evidenceRank = {
  refinement: 60,
  vendorRelease: 50,
  osRelease: 40,
  lsbRelease: 30,
  familyRelease: 20,
  fallback: 10,
} as const;

/** The family of a namespace id: `debian` of `debian:12`. */
export function namespaceFamily(id: string): string {
  const colon = id.indexOf(':');
  return colon < 0 ? id : id.slice(0, colon);
}

/** The namespace of the composed image, with the layer of the deciding file. */
export interface PlacedNamespace {
  readonly id: string;
  readonly packageType: PackageType;
  /** The exact version of the release (`9.4`), where the file is more precise than the id. */
  readonly versionText?: string;
  readonly path: string;
  readonly layer: Digest;
}
