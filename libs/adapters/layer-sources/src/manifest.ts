import { shortenText } from '@clarion/file-formats';
import { ClarionError, isDigest, isObject, type Digest, type JsonObject, type Platform } from '@clarion/model';
import { shortenSteps } from './build-steps';
import { entriesOf, listMember, member, parseDocument, type DocumentShape, textMember } from './json';
import { atMost, describeLimits } from './limits';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface ContentDescriptor {
  readonly digest: Digest;
  readonly mediaType?: string;
  readonly size?: number;
  readonly platform?: Platform;
  /** `os.version` of the platform, by which builds for Windows differ. */
  readonly osVersion?: string;
  readonly annotations: ReadonlyMap<string, string>;
  /** The content itself, where the descriptor embeds it. */
  readonly data?: Uint8Array;
}

/** The target of a reference: many images, or one. */
export type ImageDocument =
  | { readonly kind: 'index'; readonly entries: readonly ContentDescriptor[] }
  | { readonly kind: 'manifest'; readonly config: ContentDescriptor; readonly layers: readonly ContentDescriptor[] };

export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

const imageConfigs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

const platformShape: DocumentShape = { os: {}, architecture: {}, variant: {}, 'os.version': {} };
const descriptorShape: DocumentShape = {
  mediaType: {},
  digest: {},
  size: {},
  data: {},
  annotations: {},
  platform: platformShape,
};
const imageShape: DocumentShape = {
  schemaVersion: {},
  mediaType: {},
  artifactType: {},
  manifests: descriptorShape,
  config: descriptorShape,
  layers: descriptorShape,
  fsLayers: {},
};
const configShape: DocumentShape = {
  ...platformShape,
  rootfs: { diff_ids: {} },
  history: { created_by: {}, empty_layer: {} },
};

/**
 * Parses an index, manifest list or image manifest. The members determine the type, because media types are often
 * missing. Throws `unsupported` for schema 1 and for artifacts that are not images, `corrupt-data` for anything else.
 */
export function parseImageDocument(bytes: Uint8Array, label: string): ImageDocument {
  const document = parseDocument(bytes, label, imageShape);
  if (!isObject(document)) throw new ClarionError('corrupt-data', `${label} is not a manifest`);
  if (document['schemaVersion'] === 1 || isSchema1(textMember(document, 'mediaType'))) throw schema1(label);
  refuseTwoKinds(document, label);
  if (Array.isArray(document['manifests'])) {
    atMost(document['manifests'].length, describeLimits.indexEntries, `Entries in the index of ${label}`);
    return { kind: 'index', entries: document['manifests'].map((entry) => parseDescriptor(entry, label)) };
  }
  if (!Array.isArray(document['layers']) || !isObject(document['config'])) {
    throw new ClarionError('corrupt-data', `${label} is neither an image manifest nor an index`);
  }
  atMost(document['layers'].length, describeLimits.layers, `Layers of ${label}`);
  const config = parseDescriptor(document['config'], label);
  const layers = document['layers'].map((layer) => parseDescriptor(layer, label));
  refuseArtifact({ artifactType: textMember(document, 'artifactType'), config, layers }, label);
  return { kind: 'manifest', config, layers };
}

/** Container runtimes also reject a document that is an index to one program and a manifest to another. */
function refuseTwoKinds(document: JsonObject, label: string): void {
  const type = textMember(document, 'mediaType');
  const isIndex = 'manifests' in document || type === mediaTypes.ociIndex || type === mediaTypes.dockerList;
  const isManifest =
    ['layers', 'config', 'fsLayers'].some((name) => name in document) ||
    type === mediaTypes.ociManifest ||
    type === mediaTypes.dockerManifest;
  if (isIndex && isManifest) {
    throw new ClarionError('corrupt-data', `${label} is an index and a manifest at once`, {
      remedy: 'build or push the image again with a current tool',
    });
  }
}

/** Whether a media type is one of Docker's schema 1; OCI's `…image.manifest.v1+json` is not. */
export function isSchema1(mediaType: string | undefined): boolean {
  return mediaType?.includes('docker.distribution.manifest.v1+') ?? false;
}

/** The error for a schema 1 manifest. */
export function schema1(label: string): ClarionError {
  return new ClarionError('unsupported', `${label} has a Docker schema 1 manifest`, {
    remedy: 'push the image again with a current tool, which writes schema 2 or OCI manifests',
  });
}

interface Nature {
  readonly artifactType: string | undefined;
  readonly config: ContentDescriptor;
  readonly layers: readonly ContentDescriptor[];
}

function refuseArtifact({ artifactType, config, layers }: Nature, label: string): void {
  const configType =
    config.mediaType === undefined || imageConfigs.has(config.mediaType) ? undefined : config.mediaType;
  const isAttestation =
    layers.length > 0 && layers.every((layer) => layer.mediaType === 'application/vnd.in-toto+json');
  const nature = artifactType ?? configType ?? (isAttestation ? 'an attestation' : undefined);
  if (nature !== undefined) {
    throw new ClarionError(
      'unsupported',
      `${label} is not a container image but an artifact (${nature.slice(0, 200)})`,
    );
  }
}

/** Parses one descriptor. Throws `corrupt-data` if the digest cannot be verified or the media type is invalid. */
export function parseDescriptor(value: unknown, label: string): ContentDescriptor {
  const digest = textMember(value, 'digest');
  if (digest === undefined || !isDigest(digest)) {
    throw new ClarionError('corrupt-data', `${label} names a blob without a sha256 or sha512 digest`);
  }
  const mediaType = textMember(value, 'mediaType');
  if (mediaType !== undefined && mediaType.length > describeLimits.mediaType) {
    throw new ClarionError('corrupt-data', `${label} has a media type of ${mediaType.length} characters`);
  }
  const size = member(value, 'size');
  const platform = parsePlatform(member(value, 'platform'));
  const osVersion = textMember(member(value, 'platform'), 'os.version');
  const data = textMember(value, 'data');
  const annotations = entriesOf(member(value, 'annotations')).filter(
    (entry): entry is readonly [string, string] => typeof entry[1] === 'string',
  );
  return {
    digest,
    annotations: new Map(annotations),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...(platform === undefined ? {} : { platform }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(data === undefined ? {} : { data: Buffer.from(data, 'base64') }),
  };
}

/** The platform members of an index entry or an image configuration; undefined when they are not all there. */
export function parsePlatform(value: unknown): Platform | undefined {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((name) => {
    const text = textMember(value, name);
    return text === undefined ? undefined : shortenText(text, describeLimits.platformName);
  });
  if (os === undefined || architecture === undefined) return undefined;
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** Layers whose media type means that their bytes are not in the registry or archive. */
export function isForeign(layer: ContentDescriptor): boolean {
  return /(?:\.foreign\.|\.nondistributable\.)/.test(layer.mediaType ?? '');
}

/**
 * BuildKit's attestation entries about an image, which are not images. Runtimes go by the platform: an annotation alone
 * is not sufficient.
 */
export function isAttestation({ platform }: ContentDescriptor): boolean {
  return platform?.os === 'unknown' && platform.architecture === 'unknown';
}

/** The contents of an image configuration. */
export interface ImageConfig {
  readonly platform: Platform | undefined;
  readonly diffIds: readonly Digest[];
  /** Build steps of the layers (`shortenSteps`), parallel to `diffIds` where the history is whole. */
  readonly createdBy: readonly (string | undefined)[];
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md. Throws `corrupt-data`. */
export function parseImageConfig(bytes: Uint8Array, label: string): ImageConfig {
  const config = parseDocument(bytes, `The configuration of ${label}`, configShape);
  const diffIds = listMember(member(config, 'rootfs'), 'diff_ids');
  atMost(diffIds.length, describeLimits.layers, `Layers of ${label}`);
  if (!diffIds.every((diffId) => typeof diffId === 'string' && isDigest(diffId))) {
    throw new ClarionError('corrupt-data', `The configuration of ${label} has a diffID that is not a digest`);
  }
  const createdBy = listMember(config, 'history')
    .filter((step) => member(step, 'empty_layer') !== true)
    .map((step) => textMember(step, 'created_by'));
  return {
    platform: parsePlatform(config),
    diffIds,
    createdBy: createdBy.length === diffIds.length ? shortenSteps(createdBy) : [],
  };
}
