import type { StoredImage } from '@clarion/model';
import type { SubmittedImage } from '../use-cases';

/** What was known of an image at a time: before it was indexed first, what was known then; and the name it had. */
export function imageAt(image: SubmittedImage, time: string | undefined): SubmittedImage {
  if (time === undefined) return image;
  const then = periodsOf(image).find(({ until }) => until === undefined || until > time)?.image ?? image;
  const named = image.earlierReferences?.find(({ until }) => until > time);
  return named === undefined ? then : { ...then, image: { ...then.image, reference: named.reference } };
}

/** When an image was first indexed. */
export function firstIndexedAt({ submission, earlier = [] }: SubmittedImage): string | undefined {
  return earlier[0]?.indexedAt ?? submission.indexedAt;
}

/** An image as its detectors read it, up to a time. */
export interface ImagePeriod {
  readonly image: SubmittedImage;
  /** RFC 3339; absent for what is known now. */
  readonly until?: string;
}

/** What was known of an image one after the other, oldest first. */
export function periodsOf(image: SubmittedImage): readonly ImagePeriod[] {
  const { earlier = [], composition: _, composingSteps: _steps, notRead: _notRead, ...kept } = image;
  const { absent: _absent, ...submission } = image.submission;
  const before = earlier.map(({ until, indexedAt, detectors, absent, ...known }): ImagePeriod => {
    const of = { ...submission, indexedAt, detectors, ...(absent === undefined ? {} : { absent }) };
    return { image: { ...kept, ...known, submission: of }, until };
  });
  return [...before, { image }];
}

/**
 * An image that the command line scanned, in the form of one that was submitted. Undefined while it is not indexed, and
 * where the version that scanned it did not note how.
 */
export function indexedImage(image: StoredImage): SubmittedImage | undefined {
  const { submission, scanned } = image;
  if (submission !== undefined) return submission.state === 'indexed' ? { ...image, submission } : undefined;
  if (scanned === undefined) return undefined;
  const { detectors, since } = scanned;
  const read = { submittedAt: since, indexedAt: since, detectors };
  return { ...image, submission: { id: '', state: 'indexed', origin: { kind: 'upload' }, ...read } };
}
