import { neutralDenial, neutralRemedy } from '@clarion/egress';
import {
  ClarionError,
  type ErrorCode,
  formatPlatform,
  type Digest,
  type ImageStore,
  isDigest,
  namesOf,
  type StoredImage,
} from '@clarion/model';
import { referencesNow, type ReferencesNow } from '@clarion/notifying';
import type { MatchSettings } from './context';
import { type ImageCounts, countsOf } from './image-counts';
import type { ImageView, SubmittedImage } from './use-cases';

/** Only submitted images are images of the service: those that a command line scanned into the same store are not. */
export function isSubmitted(image: StoredImage | undefined): image is SubmittedImage {
  return image?.submission !== undefined;
}

/** Throws `not-found`, also for an invalid digest. */
export async function requireImage(digest: Digest, store: ImageStore): Promise<SubmittedImage> {
  const image = isDigest(digest) ? await store.image(digest) : undefined;
  if (!isSubmitted(image)) throw unknownImage(digest);
  return image;
}

export function unknownImage(digest: Digest): ClarionError {
  if (isDigest(digest)) {
    return new ClarionError('not-found', `The image ${digest} is not known`, { remedy: 'submit it first' });
  }
  const text: string = digest;
  return new ClarionError('not-found', `${JSON.stringify(text.slice(0, 200))} is the digest of no image`, {
    remedy: 'write all of it: sha256: and 64 lower-case hexadecimal digits; GET /images lists them',
  });
}

/** Images as callers see them, in their order; counts and tags are looked up in one batch. */
export async function viewsOf(
  images: readonly SubmittedImage[],
  settings: MatchSettings,
): Promise<readonly ImageView[]> {
  const counts = await countsOf(images, settings);
  const named = await referencesNow(images.map(namesOf), settings.store);
  return images.map((image, index) => viewOf(image, counts[index] ?? { incomplete: [] }, named[index]));
}

/** The caller who gave the address of the image learns nothing about internal names and addresses. */
function neutralFor({ code }: { readonly code: string }): { readonly message?: string; readonly remedy?: string } {
  return code === ('egress-denied' satisfies ErrorCode) ? { message: neutralDenial, remedy: neutralRemedy } : {};
}

function viewOf(
  { manifestDigest, image, submission }: SubmittedImage,
  { counted, totals, countedApart, missing, incomplete }: ImageCounts,
  names: ReferencesNow | undefined,
): ImageView {
  const { state, submittedAt, indexedAt, failure } = submission;
  return {
    digest: manifestDigest,
    state,
    reference: image.reference,
    references: names?.references ?? [],
    formerReferences: names?.formerReferences ?? [],
    platform: formatPlatform(image.platform),
    layers: image.layers,
    submittedAt,
    indexedAt: indexedAt ?? null,
    failure: failure === undefined ? null : { ...failure, remedy: failure.remedy ?? null, ...neutralFor(failure) },
    severities: missing === undefined ? (counted ?? null) : null,
    severitiesMissing: missing ?? null,
    totals: missing === undefined ? (totals ?? null) : null,
    countedApart: countedApart ?? null,
    incomplete,
  };
}
