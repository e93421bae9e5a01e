import { hashStored, type ReadLayerResult } from '@clarion/layer-archive';
import type {
  DetectorKey,
  Digest,
  LayerDescriptor,
  LayerIdentity,
  LayerIndex,
  LayerStore,
  OpenedImage,
  SeenFileStore,
  StoredImage,
} from '@clarion/model';
import type { ExtractLayerDeps, LayerWork } from './layer-work';

/** A layer as an image describes it, and the identity of its bytes, where known. */
export interface DescribedLayer {
  readonly descriptor: LayerDescriptor;
  readonly identity?: LayerIdentity | undefined;
}

/** The part of the store that shows whether a layer is known. */
export type KnownLayers = Pick<LayerStore, 'missing' | 'layer' | 'diffIdOfBlob'> & Pick<SeenFileStore, 'seenFile'>;

/** The stored layer, if all detectors have seen its bytes and no claim of the image contradicts what was computed. */
export async function knownLayer(
  layer: DescribedLayer,
  detectors: readonly DetectorKey[],
  layers: KnownLayers,
): Promise<LayerIndex | undefined> {
  const diffId = await knownDiffId(layer, detectors, layers);
  return diffId === undefined ? undefined : layers.layer(diffId, detectors);
}

/**
 * Like `knownLayer`, without loading its facts: returns the diffID of the facts. A declared diffID alone is not
 * enough: the layer could be another one.
 */
export async function knownDiffId(
  layer: DescribedLayer,
  detectors: readonly DetectorKey[],
  layers: Omit<KnownLayers, 'layer'>,
): Promise<Digest | undefined> {
  const diffId = await diffIdOfBytes(layer, layers);
  return diffId === undefined ? undefined : unlessMissing(diffId, detectors, layers);
}

/**
 * The diffIDs that were computed from the bytes of all layers of an opened image before; undefined when one is unknown,
 * or is not what the image declares. Says nothing of facts that are stored.
 */
export async function knownDiffIds(
  opened: OpenedImage,
  layers: Omit<KnownLayers, 'layer' | 'missing'>,
): Promise<readonly Digest[] | undefined> {
  const found = await Promise.all(
    opened.image.layers.map(async (descriptor, number) =>
      diffIdOfBytes({ descriptor, identity: await opened.identity?.(number) }, layers),
    ),
  );
  const known = found.filter((diffId) => diffId !== undefined);
  return known.length === found.length ? known : undefined;
}

async function unlessMissing(
  diffId: Digest,
  detectors: readonly DetectorKey[],
  layers: Pick<LayerStore, 'missing'>,
): Promise<Digest | undefined> {
  return (await layers.missing(diffId, detectors)).length === 0 ? diffId : undefined;
}

/**
 * The diffID computed from these very bytes before, unless the image declares another one: then they are read, and
 * the layer is rejected.
 */
async function diffIdOfBytes(
  { descriptor, identity }: DescribedLayer,
  layers: Omit<KnownLayers, 'layer' | 'missing'>,
): Promise<Digest | undefined> {
  switch (identity?.kind) {
    case undefined:
      return undefined;
    case 'read':
      return identity.diffId;
    case 'blob':
      return asDeclared(await diffIdOf(identity.digest, layers), descriptor);
    case 'file': {
      const seen = await layers.seenFile(identity.key);
      const isOther = descriptor.digest !== undefined && seen?.blob !== descriptor.digest;
      return isOther ? undefined : asDeclared(seen?.diffId, descriptor);
    }
  }
}

/** An uncompressed blob is the tar itself, which may have been read from another blob. */
async function diffIdOf(blob: Digest, layers: Pick<LayerStore, 'diffIdOfBlob'>): Promise<Digest> {
  return (await layers.diffIdOfBlob(blob)) ?? blob;
}

function asDeclared(computed: Digest | undefined, declared: LayerDescriptor): Digest | undefined {
  return declared.diffId === undefined || declared.diffId === computed ? computed : undefined;
}

/** Identifies the bytes of a layer of a submitted image, without opening it. */
export function recordedIdentity(
  { image, layers, submission }: Pick<StoredImage, 'image' | 'layers' | 'submission'>,
  number: number,
): LayerIdentity | undefined {
  const computed = layers[number];
  if (computed !== undefined) return { kind: 'read', diffId: computed };
  const digest = image.layers[number]?.digest;
  return digest === undefined || submission?.origin.kind === 'upload' ? undefined : { kind: 'blob', digest };
}

/**
 * The stored layer of a new file, if hashing is enough to find it: where the image claims a known layer, the bytes of
 * the file are hashed, and if the digest is that of a known blob, they are that layer.
 */
export async function rehashedLayer(
  work: LayerWork,
  detectors: readonly DetectorKey[],
  { layers, signal, limits }: Pick<ExtractLayerDeps, 'layers' | 'signal' | 'limits'>,
): Promise<LayerIndex | undefined> {
  const { descriptor, identity, label } = work;
  const like = descriptor.digest ?? descriptor.diffId;
  if (identity?.kind !== 'file' || like === undefined) return undefined;
  const claimed = await diffIdOf(like, layers);
  if (asDeclared(claimed, descriptor) === undefined) return undefined;
  if ((await unlessMissing(claimed, detectors, layers)) === undefined) return undefined;
  const content = await work.open(signal);
  if (content.kind !== 'file') return undefined;
  const bounds = { ...(signal === undefined ? {} : { signal }), ...(limits === undefined ? {} : { limits }) };
  const hashed = await hashStored(content, { label, like, ...bounds });
  const isWhatItClaims = descriptor.digest === undefined || descriptor.digest === hashed.blob;
  if (!isWhatItClaims || (await diffIdOf(hashed.blob, layers)) !== claimed) return undefined;
  await rememberFile({ ...hashed, diffId: claimed }, layers);
  return layers.layer(claimed, detectors);
}

/** The next scan of the same file need not read it. A failed write loses nothing. */
export async function rememberFile(
  { seenAs, diffId, blob }: Pick<ReadLayerResult, 'seenAs' | 'diffId' | 'blob'>,
  layers: Pick<SeenFileStore, 'putSeenFile'>,
): Promise<void> {
  if (seenAs === undefined || blob === undefined) return;
  await layers.putSeenFile(seenAs, { diffId, blob }).catch(() => undefined);
}
