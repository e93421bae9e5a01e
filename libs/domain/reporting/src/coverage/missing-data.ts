import { feedName } from '@clarion/model';
import { coversPackagesOf, type FeedInfo } from '@clarion/matching';

/**
 * Why there can be no report about these namespaces: those without data, each with the feeds that cover it and were
 * never loaded. Own data may be about none of them. One sentence without a full stop.
 * @param reasonOf What is wrong with one feed, where it is more than that it was never loaded.
 */
export function describeMissingData<Feed extends FeedInfo>(
  missing: readonly Feed[],
  namespaces: readonly string[],
  reasonOf: (feed: Feed) => string = (feed) => `${feedName(feed)} was never loaded`,
): string {
  const reasons = new Map<string, string[]>();
  for (const feed of missing) {
    const covered = namespaces.filter((id) => coversPackagesOf(feed, id));
    const subject = feed.own === true ? 'own data' : `advisory data for ${covered.join(', ')}`;
    reasons.set(subject, [...(reasons.get(subject) ?? []), reasonOf(feed)]);
  }
  return `There is no ${[...reasons].map(([subject, of]) => `${subject}: ${of.join(', ')}`).join(', and no ')}`;
}
