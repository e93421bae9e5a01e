import type { Digest } from './digest';

/**
 * Information in files of an image about where its packages come from and what it is entitled to. Advisories may apply
 * to one product, channel or repository only; this decides which of them apply.
 * - `content-set`: a repository id that the packages of one layer were built from (Red Hat's content manifests).
 * - `repository`: a repository that is enabled in the image (an extras topic of Amazon Linux: `amzn2extra-nginx1`).
 * - `installed-from`: the repository that one package was installed from; `package` is `name-version-release.arch`,
 *   without epoch.
 * - `service`: an enabled support service (`esm-infra`, `esm-apps`, `fips`, `fips-updates` of Ubuntu Pro).
 * - `product`: an installed product (`sle-module-basesystem`, `SLES-LTSS` of SUSE).
 */
export interface ScopeEvidence {
  readonly kind: 'content-set' | 'repository' | 'installed-from' | 'service' | 'product';
  readonly value: string;
  readonly package?: string;
  /** Version of a product, where the file states it. */
  readonly version?: string;
  /** The file with the evidence. */
  readonly path: string;
}

/** Evidence of the composed image, with the layer that its file is in. */
export interface PlacedEvidence extends ScopeEvidence {
  readonly layer: Digest;
}
