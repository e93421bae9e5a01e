import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { createDeadline } from './create-deadline';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Resolves when a signal without any other reference aborts. */
function abortOf(make: () => AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    make().addEventListener('abort', () => {
      resolve();
    });
  });
}

describe('a deadline', () => {
  it.each([
    ['with a parent', () => createDeadline(20, new AbortController().signal).signal],
    ['without one', () => createDeadline(20).signal],
    ['as a part of another signal', () => AbortSignal.any([createDeadline(20).signal, new AbortController().signal])],
  ])('fires although garbage is collected: %s', async (_, make) => {
    const aborted = abortOf(make);
    // As often as necessary: a weakly held object goes with the first collection after its turn.
    const collecting = setInterval(collectGarbage, 2);
    await aborted;
    clearInterval(collecting);
  });

  it('reports what has ended it', async () => {
    const late = createDeadline(5);
    await abortOf(() => late.signal);
    expect(late.signal.reason).toMatchObject({ name: 'TimeoutError' });
    const parent = new AbortController();
    const early = createDeadline(60_000, parent.signal);
    parent.abort(new Error('they left'));
    expect(early.signal.reason).toMatchObject({ message: 'they left' });
    expect(createDeadline(60_000, parent.signal).signal.aborted).toBe(true);
  });

  it('leaves no timer and no listener', () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const parent = new AbortController();
    const [before, deadlines] = [timers(), [createDeadline(60_000, parent.signal), createDeadline(Infinity)]];
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(1);
    for (const deadline of deadlines) deadline.clear();
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
    expect(timers()).toBe(before);
    parent.abort();
    expect(deadlines.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('ends at once when there is no time left, and not at once when there is no limit', async () => {
    await abortOf(() => createDeadline(-5).signal);
    const endless = createDeadline(Infinity);
    await abortOf(() => createDeadline(1).signal);
    expect(endless.signal.aborted).toBe(false);
    endless.clear();
  });
});
