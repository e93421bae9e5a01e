import type { WorkHandler } from '@clarion/model';

import type { CurrentBus } from './bus-under-test';
import { feedWork, feedUpdated, openWork, startSubscriber, startSubscriberNow, startRunner } from './bus-runner';
import { slowly } from './deliberate-delay';
import { until } from './until';

function withServer(current: CurrentBus) {
  const { bus, server } = current();
  if (server === undefined) throw new Error('There is no server to kill');
  return { bus, server };
}

/** What a bus with a separate server keeps when that server is killed. An in-process bus has none. */
export function describeBusRestart(current: CurrentBus): void {
  it('loses nothing that it took when its server is killed', async () => {
    const { bus, server } = withServer(current);
    const requests = Array.from({ length: 50 }, (_, n) => String(n));
    await bus.publish(requests.map((request) => ({ event: feedWork('nvd', request) })));
    await server.kill();
    await until('it is noticed', async () => !(await bus.ready()));
    await server.start();
    const done = new Set<string>();
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* (event) {
        done.add(event.request);
      },
    });
    await until('all work is done', async () => done.size === 50 && (await openWork(bus)) === 0);
    expect(await bus.ready()).toBe(true);
    await runner.stop();
    expect(runner.dead).toEqual([]);
  });

  it('keeps published messages while its server is away, and accepts them once', async () => {
    const { bus, server } = withServer(current);
    await server.kill();
    const publishing = bus.publish([{ event: feedWork('nvd', 'a') }, { event: feedWork('nvd', 'b') }]);
    publishing.catch(() => undefined);
    await until('it is noticed', async () => !(await bus.ready()));
    await server.start();
    await publishing;
    expect(await bus.queues()).toContainEqual({ kind: 'work.feed', waiting: 2, running: 0, redelivered: 0 });
  });

  it('settles work that ran while its server was killed, and publishes its events once', async () => {
    const { bus, server } = withServer(current);
    const listener = await startSubscriberNow(bus);
    let running = 0;
    const handler: WorkHandler<'work.feed'> = async function* (event) {
      running += 1;
      await slowly(400);
      yield { ...event, kind: 'feed.updated', result: 'changed' };
    };
    const runner = startRunner(bus, { 'work.feed': handler });
    const requests = ['a', 'b', 'c', 'd'];
    await bus.publish(requests.map((request) => ({ event: feedWork('nvd', request) })));
    await until('work runs', () => running > 0);
    await server.kill();
    await until('it is noticed', async () => !(await bus.ready()));
    await server.start();
    await until('all work is done', async () => running >= 4 && (await openWork(bus)) === 0);
    await until('all events are received', () => listener.received().length >= requests.length);
    await runner.stop();
    await listener.stop();
    const received = listener.received().map(({ id }) => id);
    expect(received.sort()).toEqual(requests.map((request) => `feed.updated nvd ${request}`));
    expect(runner.dead).toEqual([]);
  });

  it('continues to deliver events after its server was killed, without a gap', async () => {
    const { bus, server } = withServer(current);
    const listener = await startSubscriberNow(bus);
    const quiet = startSubscriber(bus);
    await bus.publish([{ event: feedUpdated('nvd', 'a') }]);
    await until('it is received', () => listener.received().length === 1);
    await server.kill();
    await until('it is noticed', async () => !(await bus.ready()));
    await server.start();
    await bus.publish([{ event: feedUpdated('nvd', 'b') }, { event: feedUpdated('nvd', 'c') }]);
    await until('the rest is received', () => listener.received().length >= 3);
    await until('others receive it too', () => quiet.received.some(({ id }) => id === 'feed.updated nvd c'));
    await listener.stop();
    await quiet.stop();
    expect(listener.received().map(({ id }) => id)).toEqual(
      ['a', 'b', 'c'].map((request) => `feed.updated nvd ${request}`),
    );
  });
}
