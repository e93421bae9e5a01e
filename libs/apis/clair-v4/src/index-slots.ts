import { HttpError } from '@clarion/http-engine';

const askAgainSeconds = '5';

/** Limits the images that callers wait for at the same time; no limit below 0. */
export function createIndexSlots(most: number): () => () => void {
  let taken = 0;
  return () => {
    if (most >= 0 && taken >= most) {
      throw new HttpError('too-many-requests', 'server handling too many requests', { 'retry-after': askAgainSeconds });
    }
    taken++;
    let isFree = false;
    return () => {
      if (!isFree) taken--;
      isFree = true;
    };
  };
}
