import { type Applicability, applies, type ScopeSubject } from '../applicability';

const notInstalled: Applicability = { kind: 'other', reason: 'about a product that is not installed' };

/** Advisories about a product of SUSE are for images in which it is installed. */
export function checkInstalledProduct(product: string | undefined, { image }: ScopeSubject): Applicability {
  if (product === undefined) return applies;
  const required = plain(product);
  return [...image.products].some((installed) => plain(installed) === required) ? applies : notInstalled;
}

/** Product names are written `SUSE-Manager-Server`, `suse-manager-server` and `SUSE Manager Server`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
