import { setTimeout as sleep } from 'node:timers/promises';

/** Lets callers pass one after the other, at most `perSecond` per second. */
export function createPace(perSecond: number): (signal?: AbortSignal) => Promise<void> {
  const gap = 1000 / perSecond;
  let free = 0;
  return async (signal) => {
    const now = performance.now();
    const turn = Math.max(now, free);
    free = turn + gap;
    if (turn > now) await sleep(turn - now, undefined, signal === undefined ? {} : { signal });
  };
}
