import { BoundedCache } from '../bounded-cache';
import type { TimelineAnswer } from './part-types';

/** Time lines that were made lately, so that their pages cost one of them. */
export interface TimelineCache {
  /** The one of this key (`timelineKey`), made unless it is kept. Concurrent calls make it once. */
  answer(key: string, make: () => Promise<TimelineAnswer>): Promise<TimelineAnswer>;
}

/** Keeps time lines of about so many bytes. */
export function createTimelineCache(mostBytes: number): TimelineCache {
  const cache = new BoundedCache<TimelineAnswer>(mostBytes);
  const inTheMaking = new Map<string, Promise<TimelineAnswer>>();
  async function made(key: string, make: () => Promise<TimelineAnswer>): Promise<TimelineAnswer> {
    const answer = await make();
    cache.set(key, answer, sizeOf(answer));
    return answer;
  }
  return {
    async answer(key, make) {
      const known = cache.get(key) ?? inTheMaking.get(key);
      if (known !== undefined) return known;
      const making = made(key, make).finally(() => inTheMaking.delete(key));
      inTheMaking.set(key, making);
      return making;
    },
  };
}

/** About what a finding without its steps takes in memory, and each of the steps. */
const ofFinding = 1200;
const ofStep = 500;

function sizeOf({ items, steps }: TimelineAnswer): number {
  const ofFindings = items.reduce((sum, one) => sum + ofFinding + one.steps.length * ofStep, 0);
  return ofFindings + (1 + steps.length) * ofStep;
}
