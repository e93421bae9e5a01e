import { statSync } from 'node:fs';

import {
  ClarionError,
  type LayerIndex,
  type RepositoryProducts,
  type StoreMaintenance,
  type StoredImage,
} from '@clarion/model';

import { type Environment, settle, unpack, write } from './environment';
import { keysBelow, readableParts, recordKey } from './keys';
import { dayLength, dayOf } from './layer-store';
import { takeLease } from './lease';
import { groupRecords, toFeedState, toGroupHash, toText } from './records';

/** Pruning, size and closing. Pruned space is used again by later writes; the file itself never shrinks. */
export function maintenance(env: Environment): StoreMaintenance {
  return {
    prune: ({ before, keepFeeds }) =>
      settle(() => {
        const firstKeptDay = firstDayKept(before);
        const images = pruneImages(env, firstKeptDay);
        return { images, layers: pruneLayers(env, firstKeptDay), feeds: pruneFeeds(env, new Set(keepFeeds)) };
      }),
    size: () => settle(() => statSync(env.file).size),
    close: async () => {
      for (const end of [...env.openWriters]) end();
      await env.db.close();
    },
  };
}

/** Uses are known by day: a day counts as before only when it had ended by then. */
function firstDayKept(before: string): number {
  const time = new Date(before).getTime();
  if (Number.isNaN(time)) throw new ClarionError('invalid-input', `not a time: ${before}`);
  return Math.floor(time / dayLength);
}

function pruneImages(env: Environment, firstKeptDay: number): number {
  const { db } = env;
  return write(env, () => {
    const old: string[] = [];
    for (const { key, value } of db.getRange(keysBelow('image'))) {
      if (dayOf(new Date((value as StoredImage).usedAt)) < firstKeptDay) old.push(key);
    }
    for (const key of old) db.removeSync(key);
    return old.length;
  });
}

/** A layer of an image that stays, stays: the image is reported from it. */
function pruneLayers(env: Environment, firstKeptDay: number): number {
  const { db } = env;
  return write(env, () => {
    const needed = new Set<string>();
    for (const { value } of db.getRange(keysBelow('image'))) {
      for (const layer of (value as StoredImage).layers) needed.add(layer);
    }
    const old: LayerIndex[] = [];
    for (const { value } of db.getRange(keysBelow('layer'))) {
      const layer = value as LayerIndex;
      const used = db.get(recordKey('used', layer.diffId)) as number;
      if (used < firstKeptDay && !needed.has(layer.diffId)) old.push(layer);
    }
    for (const layer of old) removeLayer(env, layer);
    return old.length;
  });
}

function removeLayer(env: Environment, layer: Pick<LayerIndex, 'diffId' | 'blobs'>): void {
  const { db } = env;
  const detections = Array.from(db.getKeys(keysBelow('detection', layer.diffId)));
  const blobs = layer.blobs.map((blob) => recordKey('blob', blob));
  const own = [recordKey('layer', layer.diffId), recordKey('used', layer.diffId)];
  for (const key of [...own, ...detections, ...blobs]) db.removeSync(key);
}

function pruneFeeds(env: Environment, keep: ReadonlySet<string>): number {
  let pruned = 0;
  for (const { value } of Array.from(env.db.getRange(keysBelow('feed')))) {
    const { feed } = toFeedState(value);
    if (!keep.has(feed) && pruneFeed(env, feed)) pruned += 1;
  }
  return pruned;
}

/** Forgets everything a feed said. False when the feed is just being written: then it is wanted after all. */
function pruneFeed(env: Environment, feed: string): boolean {
  const { db } = env;
  let lease;
  try {
    lease = takeLease(env, feed);
  } catch {
    return false;
  }
  const gone: string[] = [recordKey('feed', feed)];
  for (const { key, value } of db.getRange(keysBelow('hash', feed))) {
    const [group] = toGroupHash(key, unpack(env, value));
    gone.push(...groupRecords(group, undefined).map(([record]) => record));
  }
  for (const { key, value } of db.getRange(keysBelow('text'))) {
    if (toText(key, unpack(env, value)).feed === feed) gone.push(key);
  }
  for (const key of db.getKeys(keysBelow('score'))) {
    if (readableParts(key)?.[1] === feed) gone.push(key);
  }
  for (const { key, value } of db.getRange(keysBelow('repository'))) {
    if ((unpack(env, value) as RepositoryProducts).feed === feed) gone.push(key);
  }
  try {
    write(env, () => {
      for (const key of gone) db.removeSync(key);
    });
  } finally {
    lease.release();
  }
  return true;
}
