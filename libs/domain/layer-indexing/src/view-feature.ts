import type { Feature } from '@clarion/model';

/** A package of a view: its facts under its path there, and the number of the layer that introduced it. */
export interface ViewFeature {
  readonly feature: Feature;
  readonly layer: number;
  /** The number of the layer of its file, where a link above made it a package, or the file is there once more. */
  readonly fileLayer?: number;
  /** A lock file or manifest names it. */
  readonly named?: true;
}
