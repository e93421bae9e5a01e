import type { FeedSource, FeedState, Log, BusMessage } from '@clarion/model';
import { runScheduler } from './run-scheduler';
import { sourceOf } from '../testing/entry-feed';

const feed: FeedSource = { ...sourceOf({ documents: [] }), id: 'a', refreshMinutes: 60 };
const warn = jest.fn();
const silent: Log = { debug: jest.fn(), info: jest.fn(), warn, error: jest.fn() };

/** Checks `looks` times, ten minutes apart. */
async function look(looks: number, states: (look: number) => readonly FeedState[]): Promise<readonly string[]> {
  const abort = new AbortController();
  const published: string[] = [];
  let time = Date.parse('2026-01-01T00:00:00Z');
  let number = 0;
  await runScheduler({
    feeds: [feed],
    store: {
      feedStates: () => {
        number += 1;
        if (number === looks) abort.abort();
        return Promise.resolve(states(number));
      },
    },
    bus: {
      publish: (messages: readonly BusMessage[]) => {
        for (const { event } of messages)
          published.push(`${number} ${event.kind === 'work.feed' ? event.request : ''}`);
        return Promise.resolve();
      },
    },
    log: silent,
    everyMillis: 1,
    seed: 'x',
    now: () => new Date((time += 600_000)),
    signal: abort.signal,
    publishPending: () => Promise.resolve(),
  });
  return published;
}

describe('the scheduler', () => {
  it('orders an update once, and again only when it seems lost', async () => {
    expect(await look(6, () => [])).toEqual(['1 after-never', '4 after-never']);
  });

  it('continues after failures of the store', async () => {
    const states = (number: number): readonly FeedState[] => {
      if (number === 1) throw new Error('the store is away');
      return [];
    };
    expect(await look(2, states)).toEqual(['2 after-never']);
    expect(warn).toHaveBeenCalledWith('Updates could not be ordered', expect.anything());
  });
});
