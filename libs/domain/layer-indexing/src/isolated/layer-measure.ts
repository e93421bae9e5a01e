import type { DenialReason } from '@clarion/egress';

/** A measurement of reading layers, composing images and the requests for that, for metrics. */
export type LayerMeasure =
  | { readonly of: 'bytes'; readonly compressed: number }
  /** A layer that was read: its bytes, and how often content hit a limit. */
  | { readonly of: 'layer'; readonly decompressed: number; readonly limits: number }
  /** A composed image: its contents are unknown, incompletely read, or neither. */
  | { readonly of: 'image'; readonly result: 'unsupported' | 'incomplete' | 'ok' }
  | { readonly of: 'match'; readonly seconds: number }
  /** A request that the egress denied, by the rule. */
  | { readonly of: 'denial'; readonly reason: DenialReason }
  /** The response of a registry, or of a host that it redirects to. */
  | { readonly of: 'answer'; readonly host: string; readonly status: number };
