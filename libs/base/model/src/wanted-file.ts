/** A file that a detector requested, in the layer it was found in. */
export interface WantedFile {
  /** Normalised path inside the layer, without leading slash. */
  readonly path: string;
  readonly content: Uint8Array;
}
