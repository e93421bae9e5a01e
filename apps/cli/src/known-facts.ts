import { factsAt, feedsKnownSince, knownSince, requireKeptFeeds, timeOf } from '@clarion/history';
import { findsPackages, type MatchFacts, roleOf } from '@clarion/matching';
import { ClarionError, feedName, type FeedSource } from '@clarion/model';
import type { CommandContext } from './command-context';
import { lostRemedy } from './scan-feeds';

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
  /** RFC 3339: when this machine first read it; absent where nothing is stored of it. */
  readonly indexedAt?: string | undefined;
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
  const facts = await requireKnown(time, subject, { store });
  progress.warn(`as known at ${time}${await describeKnown(subject, store)}`);
  return { facts, now: new Date(time), at: time };
}

async function describeKnown(subject: ImageSubject, store: CommandContext['store']): Promise<string> {
  const since = await knownSince(subject, store);
  const from = await store.historyFrom();
  const known = subject.indexedAt === undefined ? 'the feeds about it' : 'it and the feeds about it';
  return [
    ...(since === undefined ? [] : [`; this machine knows ${known} since ${since}`]),
    ...(from === undefined ? [] : [`; what was known before ${from} is pruned`]),
  ].join('');
}

/**
 * The facts at a time (RFC 3339). Throws `history-pruned`, and
 * `no-data` where a feed was not loaded then.
 */
export async function requireKnown(
  time: string,
  { feeds, namespaces }: ImageSubject,
  { store }: Pick<CommandContext, 'store'>,
): Promise<MatchFacts> {
  const { facts, revisions } = await factsAt(store, time);
  const known = new Set(revisions.map(({ feed }) => feed));
  const needed = feeds.filter((feed) => findsPackages(roleOf(feed)));
  const missing = needed.filter((feed) => feed.own !== true && !known.has(feed.id));
  if (missing.length > 0) {
    const since = await feedsKnownSince({ feeds, namespaces }, store);
    const names = missing.map((feed) => feedName(feed)).join(', ');
    throw new ClarionError('no-data', `At ${time} nothing was known here of ${names}`, {
      remedy: since === undefined || since <= time ? lostRemedy : `ask for a time from ${since} on`,
    });
  }
  await requireKeptFeeds(store, { at: time, namespaces, feeds });
  return facts;
}
