import { coversPackagesOf, type FeedInfo } from '@clarion/matching';
import type { PlacedFeature } from '@clarion/model';

/**
 * Namespaces of which all packages are files of the distribution's own packages. Its advisories decide about them: that
 * no feed is about packages of such a language leaves nothing out.
 */
export function ownedNamespaces(features: readonly PlacedFeature[]): ReadonlySet<string> {
  const owned = new Set<string>();
  const others = new Set<string | null>();
  for (const { namespace, owner } of features) {
    if (owner === undefined) others.add(namespace);
    else if (namespace !== null) owned.add(namespace);
  }
  return new Set([...owned].filter((namespace) => !others.has(namespace)));
}

/** Those of `namespaces` that matter to a report: not the owned ones that no enabled feed is about. */
export function withoutOwned<Namespace extends { readonly id: string }>(
  namespaces: readonly Namespace[],
  owned: ReadonlySet<string>,
  feeds: readonly FeedInfo[],
): readonly Namespace[] {
  return namespaces.filter(({ id }) => !owned.has(id) || isCoveredBy(feeds, id));
}

/** Whether an enabled feed is about packages of a namespace, whether it was loaded or not. */
export function isCoveredBy(feeds: readonly FeedInfo[], namespace: string): boolean {
  return feeds.some((feed) => feed.enabled !== false && coversPackagesOf(feed, namespace));
}
