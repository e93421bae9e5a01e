import type { EventEnvelope, Bus, Log } from '@clarion/model';

/** One event subscription of this process, shared by all its waiting callers. */
export interface EventFanOut {
  /** Calls `notify` for each event from now on, until the returned function is called. */
  subscribe(notify: (envelope: EventEnvelope) => void): () => void;
}

const retryMillis = 1000;

/**
 * Listens while there are subscribers, and listens again after the bus connection was lost: events may be missed
 * then, so waiting callers also poll the store.
 */
export function createEventFanOut(bus: Pick<Bus, 'subscribe'>, log?: Log): EventFanOut {
  const subscribers = new Set<(envelope: EventEnvelope) => void>();
  let stop: AbortController | undefined;
  const run = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      try {
        for await (const envelope of bus.subscribe({ signal })) for (const notify of [...subscribers]) notify(envelope);
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
