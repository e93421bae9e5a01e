import type { MissingCounts } from '@clarion/model';

/** Images for which a search cannot decide whether they match. */
export interface UndecidedImages {
  readonly images: number;
  /** Why, with the number of images of each reason. */
  readonly reasons: Readonly<Partial<Record<MissingCounts, number>>>;
  /** The number of images that were checked: all of them, or the first thousand. */
  readonly of: number;
}
