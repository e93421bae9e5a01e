import { type AdvisoryGroup, coversNamespace, feedName, type FeedState, type Vulnerability } from '@clarion/model';
import type { FeedInfo, MatchFacts } from '../match-options';

/**
 * The facts as one run sees them: only from feeds that its configuration names and enables, under the names that it
 * gives them, and advisories only about namespaces that the feed is for. Other contents of the store (feeds of other
 * projects, disabled feeds) decide nothing.
 */
export function scopedFacts(facts: MatchFacts, feeds: readonly FeedInfo[]): MatchFacts {
  const byId = enabledById(feeds);
  return {
    feedStates: async () => scopedStates(await facts.feedStates(), feeds),
    advisories: async (names) =>
      (await facts.advisories(names)).flatMap((group) => {
        const feed = byId.get(group.feed);
        return feed !== undefined && isFor(feed, group) ? renamed(group, feed) : [];
      }),
    // Of all feeds: `advisories` shows whose they are.
    packageNames: (namespace) => facts.packageNames(namespace),
    vulnerabilities: async (ids) => (await facts.vulnerabilities(ids)).flatMap((one) => ofFeeds(one, byId)),
    repositories: async (names) => (await facts.repositories(names)).filter(({ feed }) => byId.has(feed)),
  };
}

/** The states of those feeds, as `scopedFacts` has them. */
export function scopedStates(states: readonly FeedState[], feeds: readonly FeedInfo[]): readonly FeedState[] {
  const byId = enabledById(feeds);
  return states.flatMap((state) => renamed(state, byId.get(state.feed)));
}

function enabledById(feeds: readonly FeedInfo[]): ReadonlyMap<string, FeedInfo> {
  return new Map(feeds.filter(({ enabled }) => enabled !== false).map((feed) => [feed.id, feed]));
}

function isFor({ own, namespaces }: FeedInfo, { namespace }: AdvisoryGroup): boolean {
  return own === true || namespaces.some((pattern) => coversNamespace(pattern, namespace));
}

function ofFeeds({ id, texts }: Vulnerability, byId: ReadonlyMap<string, FeedInfo>): readonly Vulnerability[] {
  const ours = texts.flatMap((text) => renamed(text, byId.get(text.feed)));
  return ours.length === 0 ? [] : [{ id, texts: ours }];
}

/** Most feeds are called by their ids: then nothing is copied. */
function renamed<Fact extends Pick<FeedState, 'feed'>>(fact: Fact, feed: FeedInfo | undefined): readonly Fact[] {
  if (feed === undefined) return [];
  const name = feedName(feed);
  return [name === fact.feed ? fact : { ...fact, feed: name }];
}
