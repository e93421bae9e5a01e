import { advisoryNamespaces } from '@clarion/distributions';
import { namespaceFamily, type ImageComposition, type PlacedFeature } from '@clarion/model';

/**
 * How the advisories of a namespace apply to a package: directly, by a channel that the image must have, or not at all.
 */
export type NamespaceMatch = 'own' | 'channel' | 'none';

/** `advisoryNamespaces` in reverse: the packages that the advisories of a namespace are compared with. */
export function matchNamespace(changed: string, { namespace }: Pick<PlacedFeature, 'namespace'>): NamespaceMatch {
  if (namespace === null) return 'none';
  if (appliesTo(changed, namespace)) return 'own';
  const family = namespaceFamily(namespace);
  const release = changed.slice(namespaceFamily(changed).length);
  return appliesTo(changed, family + release) ? 'channel' : 'none';
}

/** Whether an enabled channel of the image includes the advisories of a namespace. */
export function hasChannel(changed: string, { channels }: Pick<ImageComposition, 'channels'>): boolean {
  return channels.some(({ id }) => appliesTo(changed, id));
}

function appliesTo(changed: string, namespace: string): boolean {
  return advisoryNamespaces(namespace).some(({ id }) => id === changed);
}
