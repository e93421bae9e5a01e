import type { Digest } from '@clarion/model';
import { type BuiltImage, descriptor, jsonBytes, sha256 } from './image';
import { directory, file, symlink, type TarEntry } from './tar';

export type DockerArchiveForm = 'legacy-directories' | 'v1.1' | 'oci-carrying';

export interface OciLayoutOptions {
  /** Put an image index between the layout's index and the manifests. */
  readonly nestedIndex?: boolean;
  /** Add an attestation manifest for each image, as BuildKit does. */
  readonly attestation?: boolean;
}

const hex = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);
const blobPath = (digest: Digest): string => `blobs/${digest.replace(':', '/')}`;

/** The members of a `docker save` archive. */
export function dockerArchiveMembers(images: readonly BuiltImage[], form: DockerArchiveForm): readonly TarEntry[] {
  switch (form) {
    case 'legacy-directories':
      return [...images.flatMap(legacyMembers), file('repositories', jsonBytes(repositories(images)))];
    case 'v1.1':
      return [
        ...images.flatMap(directoryMembers),
        manifestJson(images, (image) => ({
          config: `${hex(image.configDigest)}.json`,
          layers: layerIds(image).map((id) => `${id}/layer.tar`),
        })),
        file('repositories', jsonBytes(repositories(images))),
      ];
    case 'oci-carrying':
      return [
        ...ociLayoutMembers(images, {}),
        manifestJson(images, (image) => ({
          config: blobPath(image.configDigest),
          layers: image.layers.map((layer) => blobPath(layer.declaredDigest)),
        })),
      ];
  }
}

/** The members of an OCI image layout. */
export function ociLayoutMembers(images: readonly BuiltImage[], options: OciLayoutOptions): readonly TarEntry[] {
  const blobs = new Map<Digest, Uint8Array>();
  const entries = images.flatMap((image) => {
    const own = imageEntries(image, blobs, options);
    return options.nestedIndex === true ? [{ ...indexEntry(own, blobs), ...named(image) }] : own;
  });
  return [
    file('oci-layout', jsonBytes({ imageLayoutVersion: '1.0.0' })),
    directory('blobs'),
    directory('blobs/sha256'),
    ...[...blobs].map(([digest, bytes]) => file(blobPath(digest), bytes)),
    file('index.json', jsonBytes({ schemaVersion: 2, manifests: entries })),
  ];
}

/** The form before manifest.json: layer ids mean nothing, each layer's `json` names its parent. */
function legacyMembers(image: BuiltImage): TarEntry[] {
  const ids = layerIds(image);
  return image.layers.flatMap((layer, index) => {
    const id = ids[index] ?? '';
    return [
      directory(id),
      file(`${id}/VERSION`, '1.0'),
      file(`${id}/json`, jsonBytes({ id, ...(index > 0 && { parent: ids[index - 1] }), ...image.platform })),
      file(`${id}/layer.tar`, layer.blob),
    ];
  });
}

/** A layer that occurs twice is a symbolic link to the first one's directory, as Docker writes it. */
function directoryMembers(image: BuiltImage): TarEntry[] {
  const written = new Map<Digest, string>();
  const ids = layerIds(image);
  const layers = image.layers.flatMap((layer, index) => {
    const id = ids[index] ?? '';
    const first = written.get(layer.digest);
    written.set(layer.digest, first ?? id);
    const layerPath = `${id}/layer.tar`;
    return [
      directory(id),
      file(`${id}/VERSION`, '1.0'),
      first === undefined ? file(layerPath, layer.blob) : symlink(layerPath, `../${first}/layer.tar`),
    ];
  });
  return [...layers, file(`${hex(image.configDigest)}.json`, image.config)];
}

interface ManifestPaths {
  readonly config: string;
  readonly layers: readonly string[];
}

function manifestJson(images: readonly BuiltImage[], paths: (image: BuiltImage) => ManifestPaths): TarEntry {
  const list = images.map((image) => {
    const { config, layers } = paths(image);
    return { Config: config, RepoTags: image.repoTags.length === 0 ? null : image.repoTags, Layers: layers };
  });
  return file('manifest.json', jsonBytes(list));
}

function repositories(images: readonly BuiltImage[]): Record<string, Record<string, string>> {
  const result: Record<string, Record<string, string>> = {};
  for (const image of images) {
    for (const repoTag of image.repoTags) {
      const colon = repoTag.lastIndexOf(':');
      const tags = (result[repoTag.slice(0, colon)] ??= {});
      tags[repoTag.slice(colon + 1)] = layerIds(image).at(-1) ?? '';
    }
  }
  return result;
}

/** Ids that differ from every digest, as in archives of old Docker versions. */
function layerIds(image: BuiltImage): string[] {
  return image.layers.map((layer, index) => hex(sha256(Buffer.from(`layer ${index} ${layer.diffId}`))));
}

interface IndexEntry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

function imageEntries(image: BuiltImage, blobs: Map<Digest, Uint8Array>, options: OciLayoutOptions): IndexEntry[] {
  for (const layer of image.layers) {
    blobs.set(layer.declaredDigest, layer.blob);
  }
  blobs.set(image.configDigest, image.config).set(image.manifestDigest, image.manifest);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const entry = { ...descriptor(mediaType, image.manifest), platform: image.platform, ...named(image) };
  return options.attestation === true ? [entry, attestation(image, blobs)] : [entry];
}

function named(image: BuiltImage): { annotations?: Record<string, string> } {
  const [repoTag] = image.repoTags;
  if (repoTag === undefined) {
    return {};
  }
  const tag = repoTag.slice(repoTag.lastIndexOf(':') + 1);
  return { annotations: { 'io.containerd.image.name': repoTag, 'org.opencontainers.image.ref.name': tag } };
}

function indexEntry(manifests: readonly IndexEntry[], blobs: Map<Digest, Uint8Array>): IndexEntry {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const bytes = jsonBytes({ schemaVersion: 2, mediaType, manifests });
  blobs.set(sha256(bytes), bytes);
  return descriptor(mediaType, bytes);
}

/** Not an image: its platform is unknown/unknown and its layer an in-toto statement. */
function attestation(image: BuiltImage, blobs: Map<Digest, Uint8Array>): IndexEntry {
  const statement = jsonBytes({ _type: 'https://in-toto.io/Statement/v0.1', subject: [], predicate: {} });
  const config = jsonBytes({ architecture: 'unknown', os: 'unknown', rootfs: { type: 'layers', diff_ids: [] } });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.in-toto+json', statement)],
  });
  for (const bytes of [statement, config, manifest]) {
    blobs.set(sha256(bytes), bytes);
  }
  return {
    ...descriptor(mediaType, manifest),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.digest': image.manifestDigest,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
  };
}
