import type { AdvisoryGroupKey } from '@clarion/model';

/** Names a group within one document of a feed; unambiguous whatever characters a hostile name has. */
export function groupKey({ namespace, package: name }: Pick<AdvisoryGroupKey, 'namespace' | 'package'>): string {
  return `${namespace.length}:${namespace}${name}`;
}
