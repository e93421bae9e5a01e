import { factsAt, keptSince, requireKeptFeeds, timeOf } from '@clarion/history';
import { findsPackages, type MatchFacts, roleOf } from '@clarion/matching';
import { ClarionError, feedName, type FeedSource } from '@clarion/model';
import type { CommandContext } from './command-context';

/** The facts that a command uses, and the time that counts as now for them. */
export interface KnownFacts {
  readonly facts: MatchFacts;
  readonly now: Date;
  /** The time that was asked for. */
  readonly at?: string;
}

/** The namespaces of an image, and the feeds that are about it. */
export interface ImageSubject {
  readonly namespaces: readonly string[];
  readonly feeds: readonly FeedSource[];
}

/**
 * The facts of feeds as they were known at a time, for an image; those of now without one.
 * Says on stderr how far back that is valid. Throws `invalid-input`, `history-pruned`, and `no-data` where a feed was
 * not loaded then: the report would look like a clean result.
 */
export async function knownFacts(
  at: string | undefined,
  subject: ImageSubject,
  { store, progress }: Pick<CommandContext, 'store' | 'progress'>,
): Promise<KnownFacts> {
  const now = new Date();
  if (at === undefined) return { facts: store, now };
  const time = timeOf(at, now);
  const { facts, since } = await requireKnown(time, subject, { store });
  const from = await store.historyFrom();
  const pruned = from === undefined ? '' : `, and what it knew before ${from} is pruned`;
  progress.warn(`as known at ${time}; this machine knows the feeds about it since ${since ?? 'now'}${pruned}`);
  return { facts, now: new Date(time), at: time };
}

/**
 * The facts at a time (RFC 3339), and since when all feeds about an image are known. Throws `history-pruned`, and
 * `no-data` where a feed was not loaded then.
 */
export async function requireKnown(
  time: string,
  { feeds, namespaces }: ImageSubject,
  { store }: Pick<CommandContext, 'store'>,
): Promise<{ readonly facts: MatchFacts; readonly since: string | undefined }> {
  const { facts, revisions } = await factsAt(store, time);
  const known = new Set(revisions.map(({ feed }) => feed));
  const needed = feeds.filter((feed) => findsPackages(roleOf(feed)));
  const missing = needed.filter((feed) => feed.own !== true && !known.has(feed.id));
  const since = await feedsKnownSince({ feeds, namespaces }, store);
  if (missing.length > 0) {
    const names = missing.map((feed) => feedName(feed)).join(', ');
    throw new ClarionError('no-data', `At ${time} nothing was known here of ${names}`, {
      remedy: since === undefined ? 'run clarion update' : `ask for a time from ${since} on`,
    });
  }
  await requireKeptFeeds(store, { at: time, namespaces, feeds });
  return { facts, since };
}

/**
 * Since when this machine knows all feeds about an image that have advisories, and has removed none of them; undefined
 * while it knows none.
 */
export async function feedsKnownSince(
  { feeds, namespaces }: ImageSubject,
  store: Pick<CommandContext['store'], 'horizons' | 'removedFeeds'>,
): Promise<string | undefined> {
  const ids = new Set(feeds.filter((feed) => findsPackages(roleOf(feed))).map(({ id }) => id));
  const loaded = (await store.horizons()).flatMap(({ feed, at }) => (ids.has(feed) ? [at] : []));
  return [...loaded, (await keptSince(store, { namespaces, feeds })) ?? []].flat().sort().at(-1);
}
