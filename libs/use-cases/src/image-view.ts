import {
  ClarionError,
  formatPlatform,
  type CatalogueStore,
  type Digest,
  type ImageStore,
  isDigest,
  type SeverityCounts,
  type StoredImage,
} from '@clarion/model';
import type { ImageView, SubmittedImage } from './use-cases';

/** Only images that were submitted are images of the service: those of a command line on the same store are not. */
export function isSubmitted(image: StoredImage | undefined): image is SubmittedImage {
  return image?.submission !== undefined;
}

/** Throws `not-found`; a text that is no digest is the digest of no image. */
export async function requireImage(digest: Digest, store: ImageStore): Promise<SubmittedImage> {
  const image = isDigest(digest) ? await store.image(digest) : undefined;
  if (!isSubmitted(image)) throw unknownImage(digest);
  return image;
}

export function unknownImage(digest: Digest): ClarionError {
  return new ClarionError('not-found', `The image ${digest.slice(0, 200)} is not known`, { remedy: 'submit it first' });
}

/** Images as callers see them, in their order; counts are looked up all at once. */
export async function viewsOf(
  images: readonly SubmittedImage[],
  store: Pick<CatalogueStore, 'counts'>,
): Promise<readonly ImageView[]> {
  const compositions = images.flatMap(({ composition }) => (composition === undefined ? [] : [composition]));
  const counts = compositions.length === 0 ? new Map<string, SeverityCounts>() : await store.counts(compositions);
  return images.map((image) => viewOf(image, counts.get(image.composition ?? '')));
}

function viewOf(
  { manifestDigest, image, submission, references = [] }: SubmittedImage,
  counts: SeverityCounts | undefined,
): ImageView {
  const { state, submittedAt, indexedAt, failure } = submission;
  return {
    digest: manifestDigest,
    state,
    reference: image.reference,
    references,
    platform: formatPlatform(image.platform),
    layers: image.layers,
    submittedAt,
    indexedAt: indexedAt ?? null,
    failure: failure === undefined ? null : { ...failure, remedy: failure.remedy ?? null },
    severities: counts ?? null,
  };
}
