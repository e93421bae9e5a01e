import type { StoredImage } from '@clarion/model';
import { dayOf, unfinishedStates } from '@clarion/store-rules';

import type { StoreEnvironment } from './environment';
import { toImage, writeImage } from './image-records';
import { keysBelow } from './keys';
import { removeInBatches } from './removal';

/**
 * Removes images that were last used before a day, submitted ones only unless `keepSubmitted`; returns their number.
 */
export async function pruneImages(
  env: StoreEnvironment,
  firstKeptDay: number,
  keepSubmitted: boolean,
): Promise<number> {
  const isKept = (image: StoredImage) => isUnfinished(image) || (keepSubmitted && image.submission !== undefined);
  const isOld = (image: StoredImage) => dayOf(new Date(image.usedAt)) < firstKeptDay && !isKept(image);
  return removeInBatches(env, keysBelow('image'), {
    matches: (value) => {
      const image = toImage(value);
      return image !== undefined && isOld(image);
    },
    remove: (_, value) => {
      writeImage(env, toImage(value), undefined);
    },
  });
}

/** A caller still waits for it, however old it is. */
function isUnfinished({ submission }: StoredImage): boolean {
  return submission !== undefined && unfinishedStates.includes(submission.state);
}
