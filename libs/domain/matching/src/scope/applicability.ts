import type { PlacedFeature } from '@clarion/model';
import type { ImageScope } from './image-scope';
import type { PackageProducts } from './red-hat/products';

/** The installed package an advisory is evaluated for, and by which of its names the advisory was found. */
export interface ScopeSubject {
  readonly feature: PlacedFeature;
  readonly matchedBy: 'source' | 'binary';
  readonly image: ImageScope;
  readonly products: PackageProducts | undefined;
  readonly flavour: string | undefined;
  /** No check looks at anything of it but what an advisory restricts. */
  readonly ordinary: boolean;
}

/**
 * Whether an advisory is about this package at all.
 * - `applies`: it counts; a note says when that is less than certain, `channel` when it is of a support channel.
 * - `other`: it is about another architecture, stream, …; it is not even mentioned.
 * - `other-architecture`: it is about this package on other architectures: mentioned where nothing else is.
 * - `information`: it names a fix that this image cannot reach: mentioned, but decides nothing. With `offeredBy`
 *   it still discloses the flaw, and who offers the fix.
 * - `undetermined`: it cannot be decided; reported so, never taken as safe.
 */
export type Applicability =
  | { readonly kind: 'applies'; readonly note?: string; readonly channel?: true }
  | { readonly kind: 'other'; readonly reason: string }
  | { readonly kind: 'other-architecture'; readonly reason: string }
  | { readonly kind: 'information'; readonly note: string; readonly offeredBy?: string }
  | { readonly kind: 'undetermined'; readonly reason: string };
export const applies: Applicability = { kind: 'applies' };
