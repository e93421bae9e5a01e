import type { SubmittedImage } from '../use-cases';

/** What was known of an image at a time: before it was indexed first, what was known then. */
export function imageAt(image: SubmittedImage, time: string | undefined): SubmittedImage {
  if (time === undefined) return image;
  return periodsOf(image).find(({ until }) => until === undefined || until > time)?.image ?? image;
}

/** When an image was first indexed. */
export function firstIndexedAt({ submission, earlier = [] }: SubmittedImage): string | undefined {
  return earlier[0]?.indexedAt ?? submission.indexedAt;
}

/** An image as its detectors read it, up to a time. */
interface ImagePeriod {
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
