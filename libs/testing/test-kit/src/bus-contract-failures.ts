import { ClarionError, type Bus, type WorkHandler, type WorkKind } from '@clarion/model';

import type { CurrentBus } from './bus-under-test';
import { feedWork, openWork, startRunner } from './bus-runner';
import { slowly } from './deliberate-delay';
import { until } from './until';

/** A handler that fails with `error` as long as it `fails`, and records the deliveries. */
function failing<K extends WorkKind>(
  deliveries: number[],
  error: Error,
  fails: (delivery: number) => boolean,
): WorkHandler<K> {
  return async function* (_, { delivery }) {
    deliveries.push(delivery);
    if (fails(delivery)) throw error;
    yield* await Promise.resolve([]);
  };
}

/** Failed work is delivered again, or becomes a dead letter; work of stopped processes is not lost. */
export function describeBusFailures(current: CurrentBus): void {
  it('delivers work again when it failed for a while', async () => {
    const { bus } = current();
    const deliveries: number[] = [];
    const away = new ClarionError('upstream-unavailable', 'Registry is away');
    const runner = startRunner(bus, { 'work.feed': failing(deliveries, away, (delivery) => delivery < 3) });
    await bus.publish([{ event: feedWork('nvd') }]);
    await until('it is done', async () => deliveries.length >= 3 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(deliveries).toEqual([1, 2, 3]);
    expect(runner.dead).toEqual([]);
  });

  it.each([
    ['an unknown error', new Error('a bug'), 'internal'],
    ['what stays away', new ClarionError('upstream-unavailable', 'a registry'), 'upstream-unavailable'],
  ])('gives up after the maximum number of deliveries: %s', async (_, error, code) => {
    const { bus, maxDeliveries } = current();
    const deliveries: number[] = [];
    const runner = startRunner(bus, {
      'work.feed': failing(deliveries, error, () => true),
      'work.layer': failing([], error, () => true),
    });
    const event = feedWork('nvd', 'r');
    await bus.publish([{ event }]);
    await until('it is dead', async () => runner.dead.length > 0 && (await openWork(bus)) === 0);
    // By the time the other work is a dead letter, it would have been delivered again.
    const end = { kind: 'work.layer', image: `sha256:${'a'.repeat(64)}`, submission: 's', layer: 1 } as const;
    await bus.publish([{ event: end }]);
    await until('the other is dead', async () => runner.dead.length > 1 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(deliveries).toEqual(Array.from({ length: maxDeliveries }, (_, n) => n + 1));
    expect(runner.dead.filter(({ event: { kind } }) => kind === 'work.feed')).toEqual([
      {
        id: 'work.feed nvd r',
        event,
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        deliveries: maxDeliveries,
        code,
        message: error.message,
      },
    ]);
  });

  it('does not retry permanently rejected work, and continues with the rest', async () => {
    const { bus } = current();
    const handled: string[] = [];
    const runner = startRunner(
      bus,
      {
        'work.feed': async function* (event) {
          handled.push(event.feed);
          if (event.feed === 'bad') throw new ClarionError('not-found', 'No feed bad');
          yield* await Promise.resolve([]);
        },
      },
      { concurrency: { 'work.feed': 1 } },
    );
    await bus.publish([{ event: feedWork('bad', 'r') }, { event: feedWork('good') }]);
    await until('both are settled', async () => handled.length === 2 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(handled).toEqual(['bad', 'good']);
    expect(runner.dead).toMatchObject([{ id: 'work.feed bad r', deliveries: 1, code: 'not-found' }]);
  });

  it('keeps work until its dead letter is kept', async () => {
    const { bus } = current();
    const deliveries: number[] = [];
    const tried: string[] = [];
    const runner = startRunner(
      bus,
      { 'work.feed': failing(deliveries, new ClarionError('corrupt-data', 'It is damaged'), () => true) },
      {
        onDead: async ({ id }) => {
          expect(await openWork(bus)).toBe(1);
          tried.push(id);
          if (tried.length < 3) throw new Error('the store is away');
        },
      },
    );
    await bus.publish([{ event: feedWork('nvd', 'r') }]);
    await until('it is gone', async () => tried.length >= 3 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(tried).toEqual(Array.from({ length: 3 }, () => 'work.feed nvd r'));
    expect(deliveries).toEqual([1]);
  });

  it('accepts no more work during a stop, and finishes running work', async () => {
    const { bus } = current();
    const ended: string[] = [];
    const slow = (begun: string[]): WorkHandler<'work.feed'> =>
      async function* (event, { signal }) {
        begun.push(event.request);
        await slowly(200);
        expect(signal.aborted).toBe(false);
        yield { ...event, kind: 'feed.updated', result: 'changed' };
        ended.push(event.request);
      };
    const [begunFirst, begunSecond]: [string[], string[]] = [[], []];
    await bus.publish(['a', 'b', 'c'].map((request) => ({ event: feedWork('nvd', request) })));
    const first = startRunner(bus, { 'work.feed': slow(begunFirst) }, { concurrency: { 'work.feed': 1 } });
    await until('work has begun', () => begunFirst.length > 0);
    await first.stop();
    expect([begunFirst, ended]).toEqual([['a'], ['a']]);
    expect(await openWork(bus)).toBe(2);
    const second = startRunner(bus, { 'work.feed': slow(begunSecond) });
    await until('the rest is done', async () => ended.length === 3 && (await openWork(bus)) === 0);
    await second.stop();
    expect([begunFirst, begunSecond.sort()]).toEqual([['a'], ['b', 'c']]);
  });

  it('aborts running work when it is closed', async () => {
    await closeWhileItWorks(current().bus, current().bus);
  });
}

/** Closes one connection of a bus while a handler works there, which gets the abort signal and ignores it. */
async function closeWhileItWorks(bus: Bus, mine: Bus): Promise<void> {
  const aborted: boolean[] = [];
  const stubborn: WorkHandler<'work.feed'> = async function* (_, { signal }) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    aborted.push(signal.aborted);
    yield* await new Promise<[]>(() => undefined);
  };
  const runner = startRunner(mine, { 'work.feed': stubborn });
  await bus.publish([{ event: feedWork('nvd') }]);
  await until('it is taken', async () => (await bus.queues()).some(({ running }) => running === 1));
  await mine.close();
  await runner.stop();
  expect(aborted).toEqual([true]);
}

/** What holds where several processes share a bus. */
export function describeBusTakeover(current: CurrentBus): void {
  it('delivers the work of a closed connection to another one', async () => {
    const { bus, connect } = current();
    if (connect === undefined) throw new Error('There is no other connection');
    await closeWhileItWorks(bus, await connect());
    const deliveries: number[] = [];
    const other = startRunner(bus, { 'work.feed': failing(deliveries, new Error(), () => false) });
    await until('the other does it', async () => deliveries.length > 0 && (await openWork(bus)) === 0);
    await other.stop();
    expect(deliveries).toEqual([2]);
  });
}
