import { ClarionError, type StoreMaintenance } from '@clarion/model';

import { type Environment, requireWritable } from './environment';
import { dayLength } from './layer-store';
import { pruneCompositions } from './prune-compositions';
import { pruneFeeds } from './prune-feeds';
import { pruneImages } from './prune-images';
import { pruneLayers } from './prune-layers';
import { pruneSeenFiles } from './seen-file-store';
import { pruneTags } from './tag-store';

/** Forgets what was not used; space that becomes free is used again by later writes. */
export function pruner(env: Environment): StoreMaintenance['prune'] {
  return async ({ before, keepFeeds, keepSubmitted = false }) => {
    const firstKeptDay = firstDayKept(before);
    requireWritable(env);
    const images = await pruneImages(env, firstKeptDay, keepSubmitted);
    await pruneCompositions(env, firstKeptDay);
    const layers = await pruneLayers(env, firstKeptDay);
    await pruneSeenFiles(env, firstKeptDay);
    if (!keepSubmitted) await pruneTags(env, before);
    return { images, layers, feeds: await pruneFeeds(env, new Set(keepFeeds)) };
  };
}

/** Uses are known by day: a day counts as before only when it had ended by then. */
function firstDayKept(before: string): number {
  const time = new Date(before).getTime();
  if (Number.isNaN(time)) throw new ClarionError('invalid-input', `not a time: ${before}`);
  return Math.floor(time / dayLength);
}
