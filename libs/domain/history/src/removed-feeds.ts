import { coveringNamespaces } from '@clarion/matching';
import { ClarionError, type HistoryStore, type RemovedFeed } from '@clarion/model';

/** Removed feeds of which nothing is stored any more. */
export type RemovedReader = Pick<HistoryStore, 'removedFeeds'>;

/**
 * Throws `history-pruned` for a time (RFC 3339) when a feed with data about one of these namespaces was loaded that was
 * removed since: findings would be missing.
 */
export async function requireKeptFeeds(
  store: RemovedReader,
  { at, namespaces }: { readonly at: string; readonly namespaces: readonly string[] },
): Promise<void> {
  const missing = (await removedFeedsAbout(store, namespaces)).filter(
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
export async function keptSince(store: RemovedReader, namespaces: readonly string[]): Promise<string | undefined> {
  return lastOf(await removedFeedsAbout(store, namespaces));
}

function lastOf(removed: readonly RemovedFeed[]): string | undefined {
  return removed
    .map(({ until }) => until)
    .sort()
    .at(-1);
}

async function removedFeedsAbout(store: RemovedReader, namespaces: readonly string[]): Promise<readonly RemovedFeed[]> {
  const ids = new Set(namespaces.flatMap((id) => [id, ...coveringNamespaces(id)]));
  return (await store.removedFeeds()).filter((feed) => feed.namespaces.some((id) => ids.has(id)));
}
