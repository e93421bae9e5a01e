import { effectiveImage } from '../indexed-image';
import type { ReportDeps } from '../report-deps';
import type { SubmittedImage } from '../use-cases';
import { periodsOf } from './image-at';
import type { ImagePast } from './make-timeline';

/** What was known of an image one after the other, composed from stored facts of its layers. Opens no layer. */
export async function pastOfImage(
  image: SubmittedImage,
  deps: Pick<ReportDeps, 'store' | 'detectors'>,
): Promise<readonly ImagePast[]> {
  const past: ImagePast[] = [];
  for (const { image: known, until } of periodsOf(image)) {
    const subject = await effectiveImage(known, deps);
    past.push(until === undefined ? { subject } : { subject, until });
  }
  return past;
}
