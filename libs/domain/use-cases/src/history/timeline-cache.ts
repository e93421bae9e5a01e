import { BoundedCache } from '../bounded-cache';
import type { TimelineAnswer } from './part-types';

/** Makes a time line, until the signal aborts. */
export type MakeTimelineAnswer = (signal: AbortSignal) => Promise<TimelineAnswer>;

/** Time lines that were made lately, so that their pages cost one of them. */
export interface TimelineCache {
  /**
   * The one of this key (`timelineKey`), made unless it is kept. Concurrent calls make it once; it is ended when the
   * signals of all of them have aborted. Rejects with the reason of the caller's own signal as soon as that aborts.
   */
  answer(key: string, make: MakeTimelineAnswer, signal?: AbortSignal): Promise<TimelineAnswer>;
}

/** A time line that is being made. */
interface Making {
  readonly answer: Promise<TimelineAnswer>;
  readonly end: AbortController;
  /** Callers who wait for it. */
  waiting: number;
}

/** Keeps time lines of about so many bytes. */
export function createTimelineCache(mostBytes: number): TimelineCache {
  const cache = new BoundedCache<TimelineAnswer>(mostBytes);
  const inTheMaking = new Map<string, Making>();
  async function made(key: string, make: () => Promise<TimelineAnswer>): Promise<TimelineAnswer> {
    const answer = await make();
    cache.set(key, answer, sizeOf(answer));
    return answer;
  }
  function begin(key: string, make: MakeTimelineAnswer): Making {
    const end = new AbortController();
    const making = { answer: made(key, () => make(end.signal)), end, waiting: 0 };
    inTheMaking.set(key, making);
    return making;
  }
  return {
    async answer(key, make, signal) {
      const known = cache.get(key);
      if (known !== undefined) return known;
      signal?.throwIfAborted();
      const making = inTheMaking.get(key) ?? begin(key, make);
      making.waiting += 1;
      try {
        return await unlessAborted(making.answer, signal);
      } finally {
        making.waiting -= 1;
        if (making.waiting === 0) {
          inTheMaking.delete(key);
          making.end.abort(signal?.reason);
        }
      }
    },
  };
}

function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
    const settled = (): void => {
      signal.removeEventListener('abort', leave);
    };
    result.finally(settled).then(resolve, reject);
  });
}

/** About what a finding without its steps takes in memory, and each of the steps. */
const ofFinding = 1200;
const ofStep = 500;

function sizeOf({ items, steps }: TimelineAnswer): number {
  const ofFindings = items.reduce((sum, one) => sum + ofFinding + one.steps.length * ofStep, 0);
  return ofFindings + (1 + steps.length) * ofStep;
}
