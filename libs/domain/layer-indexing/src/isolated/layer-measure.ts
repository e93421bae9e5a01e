/** A measurement of reading layers and composing images, for metrics. */
export type LayerMeasure =
  | { readonly of: 'bytes'; readonly compressed: number }
  /** A layer that was read: its bytes, and how often content hit a limit. */
  | { readonly of: 'layer'; readonly decompressed: number; readonly limits: number }
  /** A composed image: its contents are unknown, incompletely read, or neither. */
  | { readonly of: 'image'; readonly result: 'unsupported' | 'incomplete' | 'ok' }
  | { readonly of: 'match'; readonly seconds: number };
