import { feedName, type FeedRole } from '@clarion/model';
import { coversPackagesOf } from './covering-namespaces';
import type { FeedInfo } from '../match-options';

/** The role of a feed in a report: it follows from what the feed declares, never from what the store contains. */
export function roleOf({ own, namespaces, describesAll, rates }: FeedInfo): FeedRole {
  if (own === true) return 'own-data';
  if (namespaces.length > 0 && describesAll !== true) return 'advisories';
  return rates === true ? 'severities' : 'scores';
}

/** Whether findings may be missing without the facts of such a feed. */
export function findsPackages(role: FeedRole): boolean {
  return role === 'own-data' || role === 'advisories';
}

/**
 * The feeds that take part in a report about these namespaces, in the order given: those that cover one of them, own
 * data, and feeds that describe vulnerabilities. They follow from configuration and namespaces alone, so that the same
 * image has the same report whatever else the store contains.
 */
export function participatingFeeds<Feed extends FeedInfo>(
  feeds: readonly Feed[],
  namespaces: readonly string[],
): readonly Feed[] {
  const enabled = feeds.filter((feed) => feed.enabled !== false);
  const speaking = enabled.filter((feed) => feed.own === true || namespaces.some((id) => coversPackagesOf(feed, id)));
  if (namespaces.length === 0 || speaking.length === 0) return speaking;
  return enabled.filter((feed) => speaking.includes(feed) || describes(feed));
}

/** Whether what a feed says about a vulnerability itself counts for packages of a namespace. */
export function describesPackagesOf(feed: FeedInfo, namespace: string): boolean {
  return feed.own === true || describes(feed) || coversPackagesOf(feed, namespace);
}

/** Names of the user's own feeds, first one first: what they say beats all that other feeds say. */
export function precedenceOf(feeds: readonly FeedInfo[]): readonly string[] {
  return feeds.filter(({ own, enabled }) => own === true && enabled !== false).map((feed) => feedName(feed));
}

function describes(feed: FeedInfo): boolean {
  return !findsPackages(roleOf(feed));
}
