import { advisoryNamespaces, packageKindOf } from '@clarion/distributions';
import {
  namespaceFamily,
  type Composition,
  type IndexedPackageType,
  indexedPackageTypes,
  isOwnNamespace,
  type PlacedFeature,
  type StatementChange,
} from '@clarion/model';

/** Kinds of packages that a statement with these versions may be about. */
export function packageTypesOf({
  namespace,
  scheme,
}: Pick<StatementChange, 'namespace' | 'scheme'>): readonly IndexedPackageType[] {
  // An own kind of packages, or an own distribution with packages of any kind: their versions may have any order.
  if (isOwnNamespace(namespace)) return indexedPackageTypes;
  const own = indexedPackageTypes.find((type) => type !== 'x' && packageKindOf(type)?.versionScheme === scheme);
  // Single versions can be named in any scheme; the namespace decides then.
  return own === undefined ? indexedPackageTypes : [own];
}

/** How the statements of a namespace can reach a package: as its own, by a channel if the image has that, not at all. */
export type Reach = 'own' | 'channel' | 'none';

/** `advisoryNamespaces` in reverse: whose packages the statements of a namespace are held against. */
export function reachOf(changed: string, { namespace }: Pick<PlacedFeature, 'namespace'>): Reach {
  if (namespace === null) return 'none';
  if (isHeldAgainst(changed, namespace)) return 'own';
  const family = namespaceFamily(namespace);
  const release = changed.slice(namespaceFamily(changed).length);
  return isHeldAgainst(changed, family + release) ? 'channel' : 'none';
}

/** Whether a channel enabled in the image brings in the statements of a namespace. */
export function hasChannel(changed: string, { channels }: Pick<Composition, 'channels'>): boolean {
  return channels.some(({ id }) => isHeldAgainst(changed, id));
}

function isHeldAgainst(changed: string, namespace: string): boolean {
  return advisoryNamespaces(namespace).some(({ id }) => id === changed);
}
