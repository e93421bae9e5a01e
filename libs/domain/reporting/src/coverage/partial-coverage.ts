import { coversNamespace, describeMissing, type EffectiveImage, feedName, type FeedState, type MissingDocument, type PartialFeed, type PlacedFeature } from '@clarion/model';
import { advisoryNamespaces } from '@clarion/distributions';
import { type FeedInfo, isRepository, ownNamesOf, coversPackagesOf } from '@clarion/matching';

type Packages = Pick<EffectiveImage, 'features' | 'evidence'>;

/**
 * The feeds that lack documents which would name flaws in packages of a namespace of this image: findings may be
 * missing. A document about other releases, about repositories that no package comes from, or that would only remove
 * findings does not count. A feed that was never loaded is not among these feeds: it lacks everything.
 */
export function partialFeeds(
  namespace: string,
  image: Packages,
  { feeds, states }: { readonly feeds: readonly FeedInfo[]; readonly states: readonly FeedState[] },
): readonly PartialFeed[] {
  const stateOf = new Map(states.map((state) => [state.feed, state]));
  return feeds.flatMap((feed) => {
    const { lastSuccess, missing = [] } = stateOf.get(feedName(feed)) ?? {};
    if (lastSuccess === undefined || feed.enabled === false || !coversPackagesOf(feed, namespace)) return [];
    const concerned = concerning(missing, namespace, image);
    const reason = describeMissing(feedName(feed), concerned);
    return reason === undefined ? [] : [{ feed: feedName(feed), missing: concerned, reason }];
  });
}

/** Names of those documents that would name flaws in packages of a namespace. */
function concerning(documents: readonly MissingDocument[], namespace: string, image: Packages): readonly string[] {
  if (documents.length === 0) return [];
  const ids = advisoryNamespaces(namespace).map(({ id }) => id);
  const own = image.features.filter((feature) => feature.namespace === namespace);
  const mayBeFrom = repositoryTest(namespace, own, image);
  const mayBeOf = architecturesIn(own);
  return documents
    .filter(({ namespaces, origin: repository, architecture, onlyRemoves, ids: described }) => {
      // A document may describe vulnerabilities, have advisories about some namespaces, or both.
      if (onlyRemoves === true || (described !== undefined && namespaces === undefined)) return false;
      const isAbout = namespaces?.some((pattern) => ids.some((id) => coversNamespace(pattern, id))) ?? true;
      const isFrom = repository === undefined || mayBeFrom(repository);
      return isAbout && isFrom && (architecture === undefined || mayBeOf(architecture));
    })
    .map(({ name }) => name);
}

/** Whether packages are of an architecture; where none names one, they may be of any. */
function architecturesIn(features: readonly PlacedFeature[]): (architecture: string) => boolean {
  const known = new Set(features.map(({ architecture = '' }) => architecture));
  for (const independent of ['', 'noarch']) known.delete(independent);
  return (architecture) => known.size === 0 || known.has(architecture);
}

/** Whether packages may be from a repository; where the image shows none, from any. */
function repositoryTest(
  namespace: string,
  features: readonly PlacedFeature[],
  { evidence }: Packages,
): (repository: string) => boolean {
  const repositories = new Set([
    ...features.flatMap(({ repository }) => (repository === undefined ? [] : [repository])),
    ...evidence.flatMap(({ kind, value }) => (kind === 'repository' ? [value] : [])),
  ]);
  return (repository) => {
    const isOwnName = ownNamesOf(namespace, repository);
    if (isOwnName !== undefined) return features.some(({ name }) => isOwnName(name));
    return repositories.size === 0 || [...repositories].some((id) => isRepository(id, repository));
  };
}
