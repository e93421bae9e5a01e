import { advisoryNamespaces } from '@clarion/distributions';
import { coversNamespace, feedName, type FeedState } from '@clarion/model';
import type { FeedInfo } from '../match-options';
import { coveringNamespaces, coversPackagesOf } from './covering-namespaces';
import { namespacesWithData } from './namespaces-with-data';

/**
 * What it means that no advisory of a distribution is about a vulnerability of one of its packages.
 * - `not-affected`: a feed was read that lists every known vulnerability of the packages.
 * - `unknown`: the feeds list fixed ones only, not everything was read, or the data is that of a similar distribution.
 * - `no-data`: there is no data about the namespace.
 */
export type SilenceMeaning = 'not-affected' | 'unknown' | 'no-data';

/** `states` have the feeds' names, as in `scopedFacts`. */
export function meaningOfSilence(
  namespace: string,
  states: readonly FeedState[],
  feeds: readonly FeedInfo[],
): SilenceMeaning {
  const covering = coveringNamespaces(namespace);
  const isOwn = advisoryNamespaces(namespace).every(({ id, note }) => note === undefined || !covering.includes(id));
  const stateOf = new Map(states.map((state) => [state.feed, state]));
  let meaning: SilenceMeaning = 'no-data';
  for (const feed of feeds) {
    const state = stateOf.get(feedName(feed));
    if (feed.enabled === false || state === undefined || !coversPackagesOf(feed, namespace)) continue;
    const known = namespacesWithData(state);
    if (!covering.some((id) => known.has(id))) continue;
    const isWhole = isOwn && covering.every((id) => !isPartial(id, state));
    if (feed.listsUnfixed === true && isWhole) return 'not-affected';
    meaning = 'unknown';
  }
  return meaning;
}

/** Documents about it are missing, or it ended: advisories since then are in none of them. */
function isPartial(namespace: string, { documents, missing = [] }: FeedState): boolean {
  return (
    Object.values(documents).some(({ frozen }) => frozen?.[namespace] !== undefined) ||
    missing.some(
      ({ namespaces: about = ['*'], onlyRemoves, ids }) =>
        onlyRemoves !== true && ids === undefined && about.some((pattern) => coversNamespace(pattern, namespace)),
    )
  );
}
