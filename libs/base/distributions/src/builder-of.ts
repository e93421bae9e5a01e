import type { PlacedFeature } from '@clarion/model';
import { distributionOf } from './find-distribution';

/** `unknown`: the package itself does not show it. */
export type Builder = 'distribution' | 'other' | 'unknown';

/**
 * Who built a package of the image's distribution, by its vendor or maintainer and its version. `distribution` where
 * packages do not show that. Known publishers are known in more ways: see `thirdPartyOf`.
 */
export function builderOf({ namespace, vendor = '', version }: PlacedFeature): Builder {
  const own = distributionOf(namespace)?.ownPackages;
  if (own === undefined) return 'distribution';
  if (vendor.trim() === '') return 'unknown';
  const text = vendor.toLowerCase();
  if ('vendors' in own) return own.vendors.some((part) => text.includes(part)) ? 'distribution' : 'other';
  const domain = domainOf(text);
  if (own.domains.some((one) => domain === one || domain.endsWith(`.${one}`))) return 'distribution';
  return own.version.test(version) ? 'unknown' : 'other';
}

/** The domain of the last address in a text; '' without one. */
function domainOf(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? '' : (/^[^\s<>,;"'()]*/.exec(text.slice(at + 1))?.[0] ?? '');
}
