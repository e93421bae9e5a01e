import type { SubmissionResult, SubmittedImage } from './use-cases';

/** What the caller of a submission gets. */
export function submittedOf(image: SubmittedImage, ordered: boolean, notNamed?: string): SubmissionResult {
  const { manifestDigest, submission } = image;
  const { state, id } = submission;
  return { digest: manifestDigest, state, submission: id, ordered, ...(notNamed === undefined ? {} : { notNamed }) };
}
