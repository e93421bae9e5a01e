import { createTurns } from '@clarion/deadlines';
import {
  ClarionError,
  formatPlatform,
  type Digest,
  type LayerContent,
  type LayerDescriptor,
  type LayerIdentity,
  type OpenedImage,
  type OpenOptions,
} from '@clarion/model';
import { verifyDigest } from './digests';
import { atMost, describeLimits } from './limits';
import {
  isForeign,
  parseImageConfig,
  parseImageDocument,
  type ContentDescriptor,
  type ImageConfig,
  type ImageDocument,
} from './manifest';
import { ambiguousImage } from './named-images';
import { choosePlatform, fitsPlatform, platformMissing, samePlatform } from './platform-choice';

/** Content by digest: a registry's repository, an OCI layout, an archive. The bytes are not verified yet. */
export interface BlobSource {
  /** Whether the blob exists; a registry, which cannot know, returns true. */
  has(digest: Digest): boolean;
  manifest(descriptor: ContentDescriptor, signal?: AbortSignal): Promise<Uint8Array>;
  blob(descriptor: ContentDescriptor, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  layer(descriptor: ContentDescriptor, signal?: AbortSignal): Promise<LayerContent>;
  /**
   * Identifies the bytes that `layer` returns. The blob's digest alone identifies them only if the reader verifies it.
   */
  identity(descriptor: ContentDescriptor): Promise<LayerIdentity | undefined>;
  close(): Promise<void>;
}

export interface BlobImageRequest {
  readonly blobs: BlobSource;
  /** Manifest or index that the reference resolves to. */
  readonly root: ContentDescriptor;
  /** Others with the same name: rejected unless they are the same image, or one for another platform. */
  readonly others?: readonly ContentDescriptor[];
  readonly reference: string;
  readonly options: OpenOptions;
}

interface ImageManifest {
  readonly descriptor: ContentDescriptor;
  readonly document: ImageDocument & { readonly kind: 'manifest' };
}

/** Opens the image behind a manifest or index. Manifest and configuration are verified; layers are not read. */
export async function openBlobImage(request: BlobImageRequest): Promise<OpenedImage> {
  const { blobs, reference, options } = request;
  const { descriptor, document } = await findManifest(request);
  const config = await readConfig(document.config, request);
  const { platform: requested } = options;
  const platform = config.platform ?? descriptor.platform ?? requested ?? { os: 'linux', architecture: 'unknown' };
  if (requested !== undefined && descriptor.platform === undefined && !fitsPlatform(platform, requested)) {
    throw platformMissing(reference, requested, [platform]);
  }
  const layers = describeLayers(document.layers, config, reference);
  refuseMissing(document.layers, request);
  return {
    image: { reference, manifestDigest: descriptor.digest, platform, layers },
    identity(index) {
      const layer = document.layers[index];
      return layer === undefined || !blobs.has(layer.digest) ? Promise.resolve(undefined) : blobs.identity(layer);
    },
    layer(index, signal) {
      const layer = document.layers[index];
      if (layer === undefined) throw new RangeError(`There is no layer ${index}`);
      if (!blobs.has(layer.digest)) throw missingLayer(layer, reference);
      return blobs.layer(layer, signal);
    },
    close: () => blobs.close(),
  };
}

async function findManifest(request: BlobImageRequest): Promise<ImageManifest> {
  const { blobs, reference, options } = request;
  let { root: descriptor, others = [] } = request;
  for (let depth = 0; ; depth++) {
    const bytes = await readManifest(descriptor, request);
    const document = parseImageDocument(bytes, reference);
    await refuseOthers({ descriptor, document }, others, request);
    if (document.kind === 'manifest') return { descriptor, document };
    atMost(depth + 1, describeLimits.indexDepth, `Nested indexes of ${reference}`);
    const present = document.entries.filter((entry) => blobs.has(entry.digest));
    ({ chosen: descriptor, twins: others } = choosePlatform(present, {
      label: reference,
      requested: options.platform,
    }));
  }
}

interface Chosen {
  readonly descriptor: ContentDescriptor;
  readonly document: ImageDocument;
}

/** Throws `invalid-input` where other manifests of the same name and platform are different images (`ambiguousImage`). */
async function refuseOthers(
  chosen: Chosen,
  others: readonly ContentDescriptor[],
  request: BlobImageRequest,
): Promise<void> {
  const { descriptor } = chosen;
  atMost(others.length, describeLimits.sameName, `Images of one name or platform in ${request.reference}`);
  for (const other of others) {
    const document = parseImageDocument(await readManifest(other, request), request.reference);
    if (isCopy(chosen.document, document)) continue;
    if (await isForAnotherPlatform({ descriptor: other, document }, descriptor, request)) continue;
    const { platform } = descriptor;
    const shared = platform === undefined ? 'of one name' : `for ${formatPlatform(platform)}`;
    throw ambiguousImage(request.reference, { shared, digests: [descriptor, ...others].map(({ digest }) => digest) });
  }
}

/** Manifests with the same configuration are one image: its layers may be compressed in several ways. */
function isCopy(one: ImageDocument, other: ImageDocument): boolean {
  return one.kind === 'manifest' && other.kind === 'manifest' && one.config.digest === other.config.digest;
}

/** The platform in an index counts only if the configuration confirms it: the index alone must not hide an image. */
async function isForAnotherPlatform(
  { descriptor, document }: Chosen,
  { platform: promised, ...rest }: ContentDescriptor,
  request: BlobImageRequest,
): Promise<boolean> {
  if (promised === undefined || document.kind === 'index') return false;
  if (samePlatform(descriptor, { ...rest, platform: promised })) return false;
  if (!request.blobs.has(document.config.digest)) return true;
  const { platform } = await readConfig(document.config, request);
  return platform !== undefined && !fitsPlatform(platform, promised);
}

async function readManifest(descriptor: ContentDescriptor, request: BlobImageRequest): Promise<Uint8Array> {
  const { blobs, reference, options } = request;
  const bytes = descriptor.data ?? (await blobs.manifest(descriptor, options.signal));
  await verifyInTurn(bytes, descriptor.digest, `The manifest of ${reference}`);
  return bytes;
}

/** A server opens several images at once: of their documents one is verified, and parsed, in each turn of the event loop. */
async function verifyInTurn(bytes: Uint8Array, digest: Digest, what: string): Promise<void> {
  await createTurns().next();
  verifyDigest(bytes, digest, what);
}

async function readConfig(descriptor: ContentDescriptor, request: BlobImageRequest): Promise<ImageConfig> {
  const { blobs, reference, options } = request;
  if (!blobs.has(descriptor.digest) && descriptor.data === undefined) {
    throw new ClarionError('corrupt-data', `The configuration ${descriptor.digest} of ${reference} is missing`, {
      remedy: 'copy or save the image again',
    });
  }
  const bytes = descriptor.data ?? (await blobs.blob(descriptor, describeLimits.configBytes, options.signal));
  await verifyInTurn(bytes, descriptor.digest, `The configuration of ${reference}`);
  return parseImageConfig(bytes, reference);
}

function describeLayers(layers: readonly ContentDescriptor[], config: ImageConfig, label: string): LayerDescriptor[] {
  requireEqualCounts(layers.length, config.diffIds.length, label);
  return layers.map(({ digest, mediaType, size }, index) => ({
    ...describedByConfig(config, index),
    digest,
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(size === undefined ? {} : { size }),
  }));
}

/** Throws `corrupt-data` when manifest and configuration have different numbers of layers. */
export function requireEqualCounts(layers: number, diffIds: number, label: string): void {
  if (layers === diffIds) return;
  const why = `${label} has ${layers} layer${layers === 1 ? '' : 's'} but its configuration lists ${diffIds}`;
  throw new ClarionError('corrupt-data', why, {
    remedy: layers < diffIds ? 'layers are missing: save or pull the image again' : 'save or pull the image again',
  });
}

/** The configuration's data about layer `index`. */
export function describedByConfig(config: ImageConfig, index: number): Pick<LayerDescriptor, 'diffId' | 'createdBy'> {
  const diffId = config.diffIds[index];
  const createdBy = config.createdBy[index];
  return { ...(diffId === undefined ? {} : { diffId }), ...(createdBy === undefined ? {} : { createdBy }) };
}

function refuseMissing(layers: readonly ContentDescriptor[], { blobs, reference }: BlobImageRequest): void {
  const missing = layers.filter((layer) => !isForeign(layer) && !blobs.has(layer.digest));
  const [first] = missing;
  if (first === undefined) return;
  throw new ClarionError(
    'corrupt-data',
    `${reference} lacks ${missing.length} of its ${layers.length} layers, the first one being ${first.digest}`,
    { remedy: 'copy or save the image again' },
  );
}

function missingLayer(layer: ContentDescriptor, reference: string): ClarionError {
  return new ClarionError('not-found', `The foreign layer ${layer.digest} of ${reference} is kept elsewhere`, {
    remedy: 'copy the image with its foreign layers included',
  });
}
