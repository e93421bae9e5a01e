import { hash } from 'node:crypto';
import type { FeedState } from '@clarion/model';

/**
 * Names the state of a feed's data by the documents it was read from and the version of their reader: 128 bits in hex,
 * the same wherever and whenever the same documents were read. Null for a feed that was never loaded.
 */
export function revisionOf({ lastSuccess, parserVersion, documents }: FeedState): string | null {
  if (lastSuccess === undefined) return null;
  const read = Object.entries(documents)
    .map(([name, { validators, patched }]) => [name, validators.contentDigest ?? null, patched ?? null])
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  return hash('sha256', JSON.stringify([parserVersion, read]), 'hex').slice(0, 32);
}

/**
 * The time that facts of a feed are known to be right for: when they were last compared with the upstream; of a mirror, when
 * it was made. Undefined: never loaded.
 */
export function currentAtOf({
  lastSuccess,
  mirroredAt,
}: Pick<FeedState, 'lastSuccess' | 'mirroredAt'>): string | undefined {
  if (lastSuccess === undefined || mirroredAt === undefined) return lastSuccess;
  // A copy that says that it is of tomorrow is no newer than its reading.
  return mirroredAt < lastSuccess ? mirroredAt : lastSuccess;
}

/** When the newest facts of a feed are of: as its documents say, else when they last changed here; null: never loaded. */
export function updatedAtOf({ lastSuccess, lastChange, documents }: FeedState): string | null {
  if (lastSuccess === undefined) return null;
  const times = Object.values(documents).map(({ modifiedAt }) => modifiedAt);
  const stated = times.filter((time) => time !== undefined).sort();
  return (stated.length === times.length ? stated.at(-1) : undefined) ?? lastChange ?? lastSuccess;
}
