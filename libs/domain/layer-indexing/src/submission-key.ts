import type { Digest } from '@clarion/model';

/** Identifies one submission of an image. */
export interface SubmissionKey {
  readonly image: Digest;
  readonly submission: string;
}
