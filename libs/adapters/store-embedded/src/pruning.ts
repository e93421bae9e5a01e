import type { StoreMaintenance } from '@clarion/model';
import { pruneInOrder } from '@clarion/store-rules';

import { type StoreEnvironment, requireWritable } from './environment';
import { pruneCompositions } from './prune-compositions';
import { pruneFeeds } from './prune-feeds';
import { pruneImages } from './prune-images';
import { pruneLayers } from './prune-layers';
import { pruneResults } from './result-store';
import { pruneSeenFiles } from './seen-file-store';
import { pruneTags } from './tag-store';

/** Removes unused records; later writes reuse the free space. */
export function pruner(env: StoreEnvironment): StoreMaintenance['prune'] {
  return async (options) => {
    requireWritable(env);
    return pruneInOrder(options, {
      images: (firstKeptDay, keepSubmitted) => pruneImages(env, firstKeptDay, keepSubmitted),
      compositions: (firstKeptDay) => pruneCompositions(env, firstKeptDay),
      layers: (firstKeptDay) => pruneLayers(env, firstKeptDay),
      seenFiles: (firstKeptDay) => pruneSeenFiles(env, firstKeptDay),
      results: (firstKeptDay) => pruneResults(env, firstKeptDay),
      tags: (before) => pruneTags(env, before),
      feeds: (keep) => pruneFeeds(env, keep),
    });
  };
}
