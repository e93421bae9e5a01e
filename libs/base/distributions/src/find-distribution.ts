import { distributionTypes, ecosystemOfNamespace } from '@clarion/ecosystems';
import { type IndexedPackageType, namespaceFamily } from '@clarion/model';
import type { AdvisoryNamespace, Distribution } from './distribution';
import { distributions } from './rows';

const byFamily: ReadonlyMap<string, Distribution> = new Map(distributions.map((row) => [row.family, row]));

/**
 * The row of a namespace (`debian:12`, `wolfi`); undefined for a language, a user-defined or an unknown distribution.
 */
export function distributionOf(namespace: string | null): Distribution | undefined {
  return namespace === null ? undefined : byFamily.get(namespaceFamily(namespace));
}

/** The release of a namespace id; '' without one. */
export function releaseOf(namespace: string): string {
  return namespace.slice(namespaceFamily(namespace).length + 1);
}

/** Namespaces of the advisories for packages of a namespace, most specific first (reference: matching §3). */
export function advisoryNamespaces(namespace: string): readonly AdvisoryNamespace[] {
  return distributionOf(namespace)?.advisories?.(releaseOf(namespace)) ?? [{ id: namespace }];
}

/** The types of packages that may be in a namespace, under which stores index them. */
export function packageTypesIn(namespace: string): readonly IndexedPackageType[] {
  const type = ecosystemOfNamespace(namespace)?.type ?? distributionOf(namespace)?.packageType;
  return type === undefined ? distributionTypes : [type];
}
