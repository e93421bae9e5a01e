import { type FeedInfo, participatingFeeds, roleOf } from '@clarion/matching';
import type { HistoryStore } from '@clarion/model';
import { keptSince } from './removed-feeds';

type KnownReader = Pick<HistoryStore, 'horizons' | 'historyFrom' | 'revisionsAt' | 'removedFeeds'>;

/** What an answer about the past is about. */
export interface KnownSubject {
  readonly namespaces: readonly string[];
  /** Those of the configuration. */
  readonly feeds: readonly FeedInfo[];
  /** RFC 3339: when the image was first read here; absent where nothing is stored of it. */
  readonly indexedAt?: string | undefined;
}

/**
 * RFC 3339: since when an image, and the last of the feeds with advisories about it, are known here, and no such feed
 * was removed. Undefined while nothing is known. Own data does not count: it is known from when it was written.
 */
export async function knownSince(subject: KnownSubject, store: KnownReader): Promise<string | undefined> {
  return latest([subject.indexedAt, await feedsKnownSince(subject, store)]);
}

/** `knownSince` of the feeds alone: from then on a report on the image is possible. */
export async function feedsKnownSince(
  { namespaces, feeds }: KnownSubject,
  store: KnownReader,
): Promise<string | undefined> {
  const about = participatingFeeds(feeds, namespaces).filter((feed) => roleOf(feed) === 'advisories');
  const begun = await historiesBegin(store);
  return latest([...about.map(({ id }) => begun.get(id)), await keptSince(store, { namespaces, feeds })]);
}

/** When the history of each feed that has one begins, by id: reports of earlier times are not possible. RFC 3339. */
export async function historiesBegin(
  store: Pick<KnownReader, 'horizons' | 'historyFrom' | 'revisionsAt'>,
): Promise<ReadonlyMap<string, string>> {
  const from = (await store.historyFrom()) ?? '';
  const current = from === '' ? [] : await store.revisionsAt(from);
  // Of feeds whose first load is forgotten, everything is known since the log begins.
  const known = new Map(current.map(({ feed }) => [feed, from]));
  for (const { feed, at } of await store.horizons()) known.set(feed, at < from ? from : at);
  return known;
}

function latest(times: readonly (string | undefined)[]): string | undefined {
  return times
    .flatMap((time) => time ?? [])
    .sort()
    .at(-1);
}
