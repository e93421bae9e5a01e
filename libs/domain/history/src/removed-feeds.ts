import { coveringNamespaces, type FeedInfo } from '@clarion/matching';
import { ClarionError, feedName, type HistoryStore, type RemovedFeed } from '@clarion/model';

/** Removed feeds of which nothing is stored any more. */
export type RemovedReader = Pick<HistoryStore, 'removedFeeds'>;

/** What a report is about. */
export interface ReportSubject {
  readonly namespaces: readonly string[];
  /** Those of the configuration: the data that one of them had from another source is not missing. */
  readonly feeds: readonly FeedInfo[];
}

/**
 * Throws `history-pruned` for a time (RFC 3339) when a feed with data about one of these namespaces was loaded that was
 * removed since: findings would be missing.
 */
export async function requireKeptFeeds(
  store: RemovedReader,
  { at, ...subject }: ReportSubject & { readonly at: string },
): Promise<void> {
  const missing = (await removedFeedsAbout(store, subject)).filter(
    ({ since, until }) => Date.parse(since) <= Date.parse(at) && Date.parse(at) < Date.parse(until),
  );
  const last = lastOf(missing);
  if (last === undefined) return;
  const names = missing.map(({ feed }) => feed).join(', ');
  throw new ClarionError('history-pruned', `What was known at ${at} of ${names} was removed with the feed`, {
    remedy: `ask for a time from ${last} on`,
  });
}

/** RFC 3339: when the last feed with data about one of these namespaces was removed; undefined if none was. */
export async function keptSince(store: RemovedReader, subject: ReportSubject): Promise<string | undefined> {
  return lastOf(await removedFeedsAbout(store, subject));
}

function lastOf(removed: readonly RemovedFeed[]): string | undefined {
  return removed
    .map(({ until }) => until)
    .sort()
    .at(-1);
}

async function removedFeedsAbout(
  store: RemovedReader,
  { namespaces, feeds }: ReportSubject,
): Promise<readonly RemovedFeed[]> {
  const ids = new Set(namespaces.flatMap((id) => [id, ...coveringNamespaces(id)]));
  const used = new Set(feeds.filter(({ enabled }) => enabled !== false).map(feedName));
  return (await store.removedFeeds()).filter(
    ({ feed, namespaces: about }) => !used.has(nameOf(feed)) && about.some((id) => ids.has(id)),
  );
}

/** The name of a feed whose stored id says from where it came. */
function nameOf(id: string): string {
  return id.replace(/@.*$/, '');
}
