import { ClarionError, type Bus, type Handler } from '@clarion/model';

import type { CurrentBus } from './bus-contract';
import { feedWork, openWork, pause, startRunner, until } from './bus-runner';

/** A handler that fails with `error` as long as it `fails`, and notes the deliveries. */
function failing(deliveries: number[], error: Error, fails: (delivery: number) => boolean): Handler<'work.feed'> {
  return async function* (_, { delivery }) {
    deliveries.push(delivery);
    if (fails(delivery)) throw error;
    yield* await Promise.resolve([]);
  };
}

/** Work that fails comes again, or is a dead letter; work of those who stop is not lost. */
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
  ])('gives up after so many deliveries: %s', async (_, error, code) => {
    const { bus, maxDeliveries } = current();
    const deliveries: number[] = [];
    const runner = startRunner(bus, { 'work.feed': failing(deliveries, error, () => true) });
    const event = feedWork('nvd', 'r');
    await bus.publish([{ event }]);
    await until('it is dead', async () => runner.dead.length > 0 && (await openWork(bus)) === 0);
    await pause(150);
    await runner.stop();
    expect(deliveries).toEqual(Array.from({ length: maxDeliveries }, (_, n) => n + 1));
    expect(runner.dead).toEqual([
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

  it('does not try again what is refused for good, and goes on with the rest', async () => {
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

  it('takes no more work when it is to stop, and finishes what runs', async () => {
    const { bus } = current();
    const [begun, ended]: [string[], string[]] = [[], []];
    const slow: Handler<'work.feed'> = async function* (event, { signal }) {
      begun.push(event.request);
      await pause(200);
      expect(signal.aborted).toBe(false);
      yield { ...event, kind: 'feed.updated', outcome: 'changed' };
      ended.push(event.request);
    };
    await bus.publish(['a', 'b', 'c'].map((request) => ({ event: feedWork('nvd', request) })));
    const first = startRunner(bus, { 'work.feed': slow }, { concurrency: { 'work.feed': 1 } });
    await until('work has begun', () => begun.length > 0);
    await first.stop();
    expect([begun, ended]).toEqual([['a'], ['a']]);
    await pause(100);
    expect(await openWork(bus)).toBe(2);
    const second = startRunner(bus, { 'work.feed': slow });
    await until('the rest is done', async () => ended.length === 3 && (await openWork(bus)) === 0);
    await second.stop();
    expect(begun.sort()).toEqual(['a', 'b', 'c']);
  });

  it('tells work that there is no more time when it is closed, and another one does it', async () => {
    const { bus, connect } = current();
    const told: boolean[] = [];
    const stubborn: Handler<'work.feed'> = async function* (_, { signal }) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      told.push(signal.aborted);
      yield* await new Promise<[]>(() => undefined);
    };
    const mine: Bus = (await connect?.()) ?? bus;
    const runner = startRunner(mine, { 'work.feed': stubborn });
    await bus.publish([{ event: feedWork('nvd') }]);
    await until('it is taken', async () => (await bus.queues()).some(({ running }) => running === 1));
    await mine.close();
    await runner.stop();
    expect(told).toEqual([true]);
    if (mine === bus) return;
    const deliveries: number[] = [];
    const other = startRunner(bus, { 'work.feed': failing(deliveries, new Error(), () => false) });
    await until('the other does it', async () => deliveries.length > 0 && (await openWork(bus)) === 0);
    await other.stop();
    expect(deliveries).toEqual([2]);
  });
}
