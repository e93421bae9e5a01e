import type { PlacedFeature } from '@clarion/model';
import { distributionOf } from './find-distribution';

/** `unknown`: the package itself does not show it. */
export type Builder = 'distribution' | 'other' | 'unknown';

/**
 * Who built a package of the image's distribution, by its vendor or maintainer and its version. `distribution` where
 * packages do not show that. Known publishers are known in more ways: see `thirdPartyOf`.
 */
export function builderOf({ namespace, vendor = '', publisher, version }: PlacedFeature): Builder {
  const own = distributionOf(namespace)?.ownPackages;
  if (own === undefined) return 'distribution';
  const isOfOther = publisher !== undefined && 'publishers' in own && !own.publishers.includes(publisher.toLowerCase());
  if (isOfOther) return 'other';
  if (vendor.trim() === '') return 'unknown';
  const text = vendor.toLowerCase();
  if ('vendors' in own) return own.vendors.some((part) => text.includes(part)) ? 'distribution' : 'other';
  const { local, domain } = addressIn(text);
  if (own.domains.some((one) => domain === one || domain.endsWith(`.${one}`))) return 'distribution';
  return own.version.test(version) && isPrivate(text, { local, domain }, own.publishers) ? 'unknown' : 'other';
}

interface Address {
  readonly local: string;
  readonly domain: string;
}

/**
 * Whether a maintainer of the distribution may have an address elsewhere: it is that of a person, or of a group that
 * names the distribution. Builds at home or of companies have none, the name of a machine, or a role.
 */
function isPrivate(text: string, { local, domain }: Address, own: readonly string[]): boolean {
  if (!domain.includes('.')) return false;
  return !roles.test(local) || own.some((name) => text.includes(name));
}

const roles =
  /^(?:(?:admin|build|builder|builds|ci|contact|deb|devops|dev|developers?|engineering|hello|help|info|infra|infrastructure|it|jenkins|maintainers?|no-?reply|ops|opensource|packag(?:e|es|er|ers|ing)|platform|releases?|root|sales|security|support|sysadmin|team|webmaster)(?:[-+_.].*)?|.*[-+_.](?:noreply|packag(?:es|ing)|releases?))$/;

/** The last address in a text; its parts are '' without one. */
function addressIn(text: string): Address {
  const at = text.lastIndexOf('@');
  if (at < 0) return { local: '', domain: '' };
  const local = /[^\s<>,;"'()]*$/.exec(text.slice(Math.max(at - longestLocal, 0), at))?.[0] ?? '';
  return { local, domain: /^[^\s<>,;"'()]*/.exec(text.slice(at + 1))?.[0] ?? '' };
}

/** RFC 5321, section 4.5.3.1.1. */
const longestLocal = 64;
