import type { StoredImage } from '@clarion/model';

import type { Environment } from './environment';
import { writeImage } from './image-records';
import { keysBelow } from './keys';
import { dayOf } from './layer-store';
import { removeInBatches } from './removal';

/** Forgets images that were last used before a day, and tells how many. */
export async function pruneImages(env: Environment, firstKeptDay: number): Promise<number> {
  let pruned = 0;
  const isOld = (value: unknown) => dayOf(new Date((value as StoredImage).usedAt)) < firstKeptDay;
  await removeInBatches(env, keysBelow('image'), {
    isWanted: (value) => isOld(value) && !isUnfinished(value as StoredImage),
    remove: (_, value) => {
      writeImage(env, value as StoredImage, undefined);
      pruned += 1;
    },
  });
  return pruned;
}

/** Somebody waits for it, however long ago it was asked for. */
function isUnfinished({ submission }: StoredImage): boolean {
  return submission?.state === 'queued' || submission?.state === 'indexing';
}
