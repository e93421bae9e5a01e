import { isDeepStrictEqual } from 'node:util';

import {
  ClarionError,
  earlierIndexings,
  earlierReferences,
  type ImageChange,
  type ImageState,
  type StoredImage,
} from '@clarion/model';

import { dayOf } from './days';

/**
 * What `ImageStore.putImage` writes; undefined when nothing changes. For an image that was submitted, a scan on the
 * command line only updates the time of use; the use of a known image is written once a day.
 */
export function scannedImage(known: StoredImage | undefined, image: StoredImage): StoredImage | undefined {
  if (known === undefined) return image;
  const next = merged(known, image);
  const sameDay = dayOf(new Date(known.usedAt)) === dayOf(new Date(next.usedAt));
  return sameDay && isDeepStrictEqual({ ...known, usedAt: '' }, { ...next, usedAt: '' }) ? undefined : next;
}

function merged(known: StoredImage, image: StoredImage): StoredImage {
  if (image.submission !== undefined) return image;
  if (known.submission === undefined) return scannedAgain(known, image);
  return Date.parse(known.usedAt) < Date.parse(image.usedAt) ? { ...known, usedAt: image.usedAt } : known;
}

/** What other detectors found remains known. */
function scannedAgain(known: StoredImage, image: StoredImage): StoredImage {
  const isSame = known.scanned !== undefined && known.scanned.detectors === image.scanned?.detectors;
  const earlier = isSame ? (known.earlier ?? []) : earlierIndexings(known, image.scanned?.since ?? image.usedAt);
  return {
    ...image,
    ...earlierReferences(known, image.image.reference, image.usedAt),
    ...(isSame ? { scanned: known.scanned } : {}),
    ...(earlier.length === 0 ? {} : { earlier }),
  };
}

/**
 * The record after a change; undefined when it stays unchanged. Throws `invalid-input` for the record of another image.
 */
export function changedImage(
  manifestDigest: string,
  known: StoredImage | undefined,
  change: ImageChange,
): StoredImage | undefined {
  const next = change(known);
  if (next === undefined || isDeepStrictEqual(known, next)) return undefined;
  if (next.manifestDigest === manifestDigest) return next;
  throw new ClarionError('invalid-input', `a change of image ${manifestDigest} gave ${next.manifestDigest}`);
}

/** States of images that wait for work, which are kept however old they are. */
export const unfinishedStates: readonly ImageState[] = ['queued', 'indexing'];
