import type { FeedState } from '@clarion/model';
import { createPendingCounts, type CountsPool } from './pending-counts';

/** A setup where counting some feeds fails, with the feeds that were to be counted. */
function house(failing: ReadonlySet<string>) {
  const asked: string[] = [];
  const warnings: unknown[] = [];
  const clock = { now: 0 };
  const states = ['a', 'b', 'other'].map((feed) => ({ feed, countsPending: true }) as FeedState);
  const pool: Pick<CountsPool, 'run'> = {
    async *run({ feeds }) {
      await Promise.resolve();
      asked.push(feeds.join('+'));
      if (feeds.some((feed) => failing.has(feed))) throw new Error('cannot be counted');
    },
  };
  const look = createPendingCounts({
    store: { feedStates: () => Promise.resolve(states) },
    feeds: [{ id: 'a' }, { id: 'b' }],
    pool: pool as CountsPool,
    log: { info: () => undefined, warn: (_message, fields) => void warnings.push(fields?.['againInSeconds']) },
    signal: new AbortController().signal,
    clock: () => clock.now,
  });
  return {
    failing: failing as Set<string>,
    warnings,
    /** Checks at a time in seconds, and returns what was counted then. */
    lookAt: async (seconds: number): Promise<readonly string[]> => {
      clock.now = seconds * 1000;
      asked.length = 0;
      await look();
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      return [...asked];
    },
  };
}

describe('counts that are pending', () => {
  it('are made once for all feeds of this process, at every check while they stay pending', async () => {
    const { lookAt } = house(new Set());
    expect(await lookAt(0)).toEqual(['a+b']);
    expect(await lookAt(5)).toEqual(['a+b']);
  });

  it('are made for each feed alone where counting them together fails', async () => {
    const { lookAt } = house(new Set(['a']));
    expect(await lookAt(0)).toEqual(['a+b', 'a', 'b']);
    expect(await lookAt(5)).toEqual(['b']);
    expect(await lookAt(10)).toEqual(['a', 'b']);
  });

  it('are retried after pauses that double up to an hour where they fail, without affecting others', async () => {
    const { lookAt, warnings } = house(new Set(['a']));
    const times: number[] = [];
    for (let seconds = 0; seconds < 4 * 3600; seconds += 5) {
      const counted = await lookAt(seconds);
      expect(counted).toContain('b');
      if (counted.includes('a')) times.push(seconds);
    }
    const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
    expect(warnings.slice(0, 3)).toEqual([10, 20, 40]);
  });

  it('start with a short pause again after a success', async () => {
    const { lookAt, failing, warnings } = house(new Set(['a']));
    for (const seconds of [0, 10, 30]) await lookAt(seconds);
    failing.delete('a');
    expect(await lookAt(70)).toContain('a');
    failing.add('a');
    await lookAt(75);
    expect(warnings).toEqual([10, 20, 40, 10]);
  });
});
