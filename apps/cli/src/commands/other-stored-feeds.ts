import { nameOfStored, ownVulnerabilities } from '@clarion/feed-sources';
import { feedCounts } from '@clarion/feed-updating';
import type { FeedState, RemovedFeed } from '@clarion/model';

/** A feed that is, or was, stored and is not one of the configuration, as `db status` shows it. */
export type OtherStoredFeed = ReturnType<typeof otherRow>;

/**
 * What is stored besides the feeds of the configuration (by id): own data that was written through the API, what other
 * sources such as `--feeds-dir` brought (level `elsewhere`), and feeds that were removed, as long as the history goes
 * back to that (level `removed`).
 */
export function otherStoredFeeds(
  states: Iterable<FeedState>,
  removed: readonly RemovedFeed[],
  isShown: (feed: string) => boolean,
): readonly OtherStoredFeed[] {
  const others = [...states].filter(({ feed }) => !isShown(feed));
  const stored = others.map((state) => {
    const isOwn = state.feed === ownVulnerabilities.id;
    const level = !isOwn ? 'elsewhere' : state.lastError === undefined ? 'ok' : 'failing';
    return otherRow(state.feed, level, { state, place: isOwn ? 'the API of clarion serve' : undefined });
  });
  const gone = removed.filter(({ feed }) => !isShown(feed) && !others.some((state) => state.feed === feed));
  return [...stored, ...gone.map(({ feed, until }) => otherRow(feed, 'removed', { removedAt: until }))];
}

interface Stored {
  readonly state?: FeedState;
  readonly place?: string | undefined;
  readonly removedAt?: string;
}

function otherRow(id: string, level: string, { state, place, removedAt }: Stored) {
  return {
    id,
    feed: nameOfStored(id),
    location: place ?? state?.place ?? 'another location',
    enabled: level === 'ok' || level === 'failing',
    level,
    lastSuccess: state?.lastSuccess ?? 'never',
    lastChange: state?.lastChange ?? null,
    ...feedCounts(state),
    lastError: state?.lastError ?? null,
    failingSince: state?.failingSince ?? null,
    problemSamples: state?.problemSamples ?? [],
    missing: state?.missing?.map(({ name }) => name) ?? [],
    partial: null,
    frozen: {},
    ...(removedAt === undefined ? {} : { removedAt }),
  };
}
