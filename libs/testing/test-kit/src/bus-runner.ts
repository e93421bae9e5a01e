import { randomUUID } from 'node:crypto';

import type { EventEnvelope, Bus, DeadLetter, EventOf, WorkRoutes, RunOptions } from '@clarion/model';

import { until } from './until';

/** A run of a bus that a test can stop. */
export interface BusRunner {
  readonly dead: DeadLetter[];
  /** Accepts no more work; resolves when the accepted work is settled. */
  stop(): Promise<void>;
}

/** Starts to handle work and keeps its dead letters. */
export function startRunner(bus: Bus, routes: WorkRoutes, options: Partial<RunOptions> = {}): BusRunner {
  const controller = new AbortController();
  const dead: DeadLetter[] = [];
  const onDead = (letter: DeadLetter): Promise<void> => {
    dead.push(letter);
    return Promise.resolve();
  };
  const running = bus.run(routes, { onDead, ...options, signal: controller.signal });
  // A test that fails before it stops the run must not also fail by an unhandled rejection.
  running.catch(() => undefined);
  return {
    dead,
    stop: async () => {
      controller.abort();
      await running;
    },
  };
}

/** Collects events until stopped. */
export function startSubscriber(bus: Bus, after?: string) {
  const controller = new AbortController();
  const received: EventEnvelope[] = [];
  const listening = (async () => {
    const position = after === undefined ? {} : { after };
    for await (const envelope of bus.subscribe({ ...position, signal: controller.signal })) received.push(envelope);
  })();
  listening.catch(() => undefined);
  return {
    received,
    stop: async () => {
      controller.abort();
      await listening;
    },
  };
}

/** Subscribes, and resolves when it has received a published event: from then on it misses nothing. */
export async function startSubscriberNow(bus: Bus) {
  const subscriber = startSubscriber(bus);
  await until('the subscriber receives', async () => {
    await bus.publish([{ event: feedUpdated('probe', randomUUID()) }]);
    return subscriber.received.length > 0;
  });
  return {
    stop: subscriber.stop,
    /** Without the probes. */
    received: () =>
      subscriber.received.filter(({ event }) => !(event.kind === 'feed.updated' && event.feed === 'probe')),
  };
}

export const feedWork = (feed: string, request: string = randomUUID()): EventOf<'work.feed'> => ({
  kind: 'work.feed',
  feed,
  request,
});

export const feedUpdated = (feed: string, request: string): EventOf<'feed.updated'> => ({
  kind: 'feed.updated',
  feed,
  request,
  result: 'changed',
});

/** The amount of work that is neither finished nor a dead letter. */
export async function openWork(bus: Bus): Promise<number> {
  return (await bus.queues()).reduce((sum, { waiting, running }) => sum + waiting + running, 0);
}
