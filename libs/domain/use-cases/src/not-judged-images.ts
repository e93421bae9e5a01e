import type { MissingCounts } from '@clarion/model';

/** Images of which a search cannot tell whether they belong to what it found. */
export interface NotJudged {
  readonly images: number;
  /** Why, with the number of images of each reason. */
  readonly reasons: Readonly<Partial<Record<MissingCounts, number>>>;
  /** So many images were looked at: all of them, or the first thousand. */
  readonly of: number;
}
