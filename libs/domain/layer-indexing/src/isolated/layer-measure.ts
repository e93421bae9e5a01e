/** Something that happened while layers were read and images composed, for metrics. */
export type LayerMeasure =
  | { readonly of: 'bytes'; readonly compressed: number }
  /** A layer that was read: its bytes, and how often content hit a limit. */
  | { readonly of: 'layer'; readonly decompressed: number; readonly limits: number }
  /** An image that was composed: nothing is known of what it contains, something was missed, or neither. */
  | { readonly of: 'image'; readonly result: 'unsupported' | 'incomplete' | 'ok' }
  | { readonly of: 'match'; readonly seconds: number };
