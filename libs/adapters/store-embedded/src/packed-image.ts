import type { Digest, EarlierIndexing, Image, LayerDescriptor, StoredImage } from '@clarion/model';

/** Number of a digest, or of a media type, in their tables; `absent` if there is none. */
type Index = number;

/** Members of a layer in this order; `absent` for those that it does not have. */
type PackedLayer = readonly [diffId: Index, digest: Index, mediaType: Index, size: number, createdBy: string | null];

/**
 * The stored form of an image. There may be millions, and a report on affected images reads every one: in the plain
 * form, half of the bytes and of the read time are hexadecimal digests and member names.
 */
export interface PackedImage {
  readonly more: Omit<StoredImage, 'image' | 'layers' | 'earlier'>;
  readonly image: Omit<Image, 'layers'>;
  /** The digests that are SHA-256, one after the other; then those that are not. */
  readonly sha256: Uint8Array;
  readonly others: readonly Digest[];
  readonly mediaTypes: readonly string[];
  readonly described: readonly PackedLayer[];
  /** The diffIDs as computed. */
  readonly layers: readonly Index[];
  /** Absent where there are none. */
  readonly earlier?: readonly PackedEarlier[];
}

interface PackedEarlier {
  readonly more: Omit<EarlierIndexing, 'layers'>;
  readonly layers: readonly Index[];
}

const absent = -1;

/** Every member of a layer has to be named here; the spec does not compile without a new one. */
export function packImage({ image, layers, earlier = [], ...more }: StoredImage): PackedImage {
  const { layers: descriptors, ...about } = image;
  const declared = descriptors.flatMap(({ diffId, digest }) => [diffId ?? [], digest ?? []].flat());
  const all = new Set([...layers, ...declared, ...earlier.flatMap((one) => one.layers)]);
  const hashes = [...all].filter(isSha256);
  const others = [...all].filter((digest) => !isSha256(digest));
  const mediaTypes = [...new Set(descriptors.flatMap(({ mediaType }) => mediaType ?? []))];
  const numbers = new Map([...hashes, ...others].map((digest, index) => [digest, index]));
  const numberOf = (digest: Digest | undefined): Index =>
    digest === undefined ? absent : (numbers.get(digest) ?? absent);
  const described = descriptors.map(({ diffId, digest, mediaType, size, createdBy }): PackedLayer => {
    const type = mediaType === undefined ? absent : mediaTypes.indexOf(mediaType);
    return [numberOf(diffId), numberOf(digest), type, size ?? absent, createdBy ?? null];
  });
  const sha256 = Buffer.from(hashes.map((digest) => digest.slice(prefix.length)).join(''), 'hex');
  const before = earlier.map((one): PackedEarlier => {
    const { layers: read, ...rest } = one;
    return { more: rest, layers: read.map(numberOf) };
  });
  return {
    ...{ more, image: about, sha256, others, mediaTypes, described, layers: layers.map(numberOf) },
    ...(before.length === 0 ? {} : { earlier: before }),
  };
}

/** The bytes of `packed` are only read during this call: they may be a view of the file. */
export function unpackImage(packed: PackedImage): StoredImage {
  const { more, image, sha256, others, mediaTypes, described, layers, earlier = [] } = packed;
  const hashes = Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString('hex');
  const count = hashes.length / hexLength;
  const digestOf = (index: Index): Digest =>
    index < count ? prefix + hashes.slice(index * hexLength, (index + 1) * hexLength) : (others[index - count] ?? '');
  const descriptors = described.map(([diffId, digest, type, size, createdBy]): LayerDescriptor => {
    // Separate assignments: ten times as fast as spreading.
    const layer: { -readonly [K in keyof LayerDescriptor]: LayerDescriptor[K] } = {};
    if (diffId !== absent) layer.diffId = digestOf(diffId);
    if (digest !== absent) layer.digest = digestOf(digest);
    const mediaType = mediaTypes[type];
    if (mediaType !== undefined) layer.mediaType = mediaType;
    if (size !== absent) layer.size = size;
    if (createdBy !== null) layer.createdBy = createdBy;
    return layer;
  });
  const before = earlier.map((one): EarlierIndexing => ({ ...one.more, layers: one.layers.map(digestOf) }));
  return {
    ...{ ...more, image: { ...image, layers: descriptors }, layers: layers.map(digestOf) },
    ...(before.length === 0 ? {} : { earlier: before }),
  };
}

const prefix = 'sha256:';
const hexLength = 64;
const pattern = /^sha256:[0-9a-f]{64}$/;

function isSha256(digest: Digest): boolean {
  return pattern.test(digest);
}
