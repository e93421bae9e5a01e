import type { Announced, Bus, Log } from '@clarion/model';

/** One subscription of this process to the news, shared by all that wait for some of it. */
export interface EventFanOut {
  /** Calls `notify` for each piece of news from now on, until the function it returns is called. */
  subscribe(notify: (news: Announced) => void): () => void;
}

const retryMillis = 1000;

/**
 * Listens while anybody has subscribed, and listens again when the bus was lost: news may be missed then, so those who
 * wait also look into the store from time to time.
 */
export function createEventFanOut(bus: Pick<Bus, 'listen'>, log?: Log): EventFanOut {
  const subscribers = new Set<(news: Announced) => void>();
  let stop: AbortController | undefined;
  const run = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      try {
        for await (const news of bus.listen({ signal })) for (const notify of [...subscribers]) notify(news);
      } catch (error) {
        log?.warn('The subscription to events failed', { reason: String(error) });
      }
      if (signal.aborted) return;
      await pause(retryMillis, signal);
    }
  };
  return {
    subscribe(notify) {
      subscribers.add(notify);
      if (stop === undefined) {
        stop = new AbortController();
        void run(stop.signal);
      }
      return () => {
        subscribers.delete(notify);
        if (subscribers.size > 0) return;
        stop?.abort();
        stop = undefined;
      };
    },
  };
}

/** Resolves after a time or when `signal` aborts, and leaves nothing behind. */
export function pause(millis: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    if (signal?.aborted === true) end();
    else signal?.addEventListener('abort', end);
  });
}
