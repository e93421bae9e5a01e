import { ecosystemOfNamespace } from '@clarion/ecosystems';
import type { Finding } from '@clarion/model';

import { printable } from '../printable';

/** UTF-16 units, about as many as names of packages have. */
const longest = 26;
/** Files that each package of an ecosystem has by the same name. */
const metadata = /\/(?:package\.json|METADATA|PKG-INFO)$/;

/**
 * The end of the path of a package of a language, which may be installed in many places: `…/cli/node_modules/lodash`.
 * Undefined for packages of distributions, which one database proves.
 */
export function shortLocation({ namespace, path }: Finding['package']): string | undefined {
  if (ecosystemOfNamespace(namespace) === undefined) return undefined;
  const parts = path.replace(metadata, '').split('/');
  let end = parts.pop() ?? '';
  for (let next = parts.at(-1); next !== undefined && next.length + end.length + 3 <= longest; next = parts.at(-1)) {
    end = `${next}/${end}`;
    parts.pop();
  }
  return printable(parts.length === 0 ? end : `…/${end}`);
}
