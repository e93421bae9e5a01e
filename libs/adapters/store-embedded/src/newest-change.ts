import type { StoreEnvironment } from './environment';
import { keysBelow, lastPart } from './keys';

type Reading = Parameters<StoreEnvironment['db']['get']>[1];

/** The part of keys for the newest update in the log of each feed, by the part for the feed. */
export type NewestUpdates = ReadonlyMap<string, string>;

const range = keysBelow('newest-change');

/** Notes that an update of a feed is in the log. Inside of a write transaction. */
export function noteUpdate(env: StoreEnvironment, feed: string, update: string): void {
  const key = `${range.start}${feed}`;
  const known = env.db.get(key) as string | undefined;
  if (known === undefined || known < update) env.db.putSync(key, update);
}

/**
 * What a long iteration reads until, as it reads one snapshot after the other: what is committed in the meantime comes
 * later.
 */
export function newestUpdates(env: StoreEnvironment, reading: Reading): NewestUpdates {
  const records = env.db.getRange({ ...range, ...reading });
  return new Map(Array.from(records, ({ key, value }) => [lastPart(key), value as string]));
}

/** The key of the record of a feed. */
export function newestChangeKey(feed: string): string {
  return `${range.start}${feed}`;
}
