import { type Applicability, applies, type Subject } from '../applicability';

const notInstalled: Applicability = { kind: 'other', reason: 'about a product that is not installed' };

/** Advisories about a product of SUSE are for images in which it is installed. */
export function checkInstalledProduct(product: string | undefined, { image }: Subject): Applicability {
  if (product === undefined) return applies;
  const wanted = plain(product);
  return [...image.products].some((installed) => plain(installed) === wanted) ? applies : notInstalled;
}

/** Product names are written `SUSE-Manager-Server`, `suse-manager-server` and `SUSE Manager Server`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
