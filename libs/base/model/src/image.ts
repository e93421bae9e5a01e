import type { Digest } from './digest';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** `linux/arm64/v8`, as on the command line and in reports. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** One layer as the manifest and the image configuration describe it. */
export interface LayerDescriptor {
  /** The digest of the uncompressed tar according to the configuration; a claim until the bytes were read. */
  readonly diffId?: Digest;
  /** The digest of the blob as stored (compressed or not), where the source states one. */
  readonly digest?: Digest;
  readonly mediaType?: string;
  /** Bytes of the blob as stored. */
  readonly size?: number;
  /** The build step that made the layer, from the configuration's history. */
  readonly createdBy?: string;
}

/** A manifest digest and its ordered layers, base first. */
export interface Image {
  /** The reference the user gave, without source prefix. */
  readonly reference: string;
  /** Digest of the manifest; of the configuration where the archive has no manifest; absent for a directory. */
  readonly manifestDigest?: Digest;
  readonly platform: Platform;
  readonly layers: readonly LayerDescriptor[];
}

/**
 * The repository of a reference, which is the reference without tag and digest: `registry.example:5000/team/app` of
 * `registry.example:5000/team/app:1@sha256:…`. Any text has one; nothing is added (no default registry).
 */
export function repositoryOf(reference: string): string {
  const at = reference.indexOf('@');
  const tagged = at < 0 ? reference : reference.slice(0, at);
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  return colon < 0 ? tagged : tagged.slice(0, colon);
}
