import type { AdvisoryGroupKey } from '@clarion/model';

/** Key of a group within one document of a feed; unambiguous whatever characters a hostile name contains. */
export function groupKey({ namespace, package: name }: Pick<AdvisoryGroupKey, 'namespace' | 'package'>): string {
  return `${namespace.length}:${namespace}${name}`;
}
