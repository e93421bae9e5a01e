import type { WorkHandler, BusMessage } from '@clarion/model';
import { feedWork, feedUpdated, openWork, startSubscriber, startRunner, until } from '@clarion/test-kit';

import { createInProcessBus } from './create-in-process-bus';

// Specific to this bus; what is true for every bus is in the contract suite.
describe('createInProcessBus', () => {
  it('rejects a whole call when the work limit is exceeded, but still accepts events', async () => {
    const bus = createInProcessBus({ maxWork: 3 });
    await bus.publish([{ event: feedWork('a') }, { event: feedWork('b') }]);
    const publishing = bus.publish([{ event: feedWork('c') }, { event: feedWork('d') }]);
    await expect(publishing).rejects.toMatchObject({
      code: 'upstream-unavailable',
      remedy: expect.any(String) as string,
    });
    expect((await bus.queues()).find(({ kind }) => kind === 'work.feed')?.waiting).toBe(2);
    await bus.publish([{ event: feedUpdated('a', '1') }]);
    await bus.publish([{ event: feedWork('c') }]);
    await bus.close();
  });

  it('accepts an event again after the time for duplicates', async () => {
    const bus = createInProcessBus({ duplicateMillis: 50 });
    const event = feedWork('nvd', 'r');
    const deliveries: number[] = [];
    await bus.publish([{ event }]);
    const real = Date.now;
    const later = jest.spyOn(Date, 'now').mockImplementation(() => real() + 80);
    // Pending work is not accepted twice, however long it waits.
    await bus.publish([{ event }, { event }]);
    expect((await bus.queues()).find(({ kind }) => kind === 'work.feed')?.waiting).toBe(1);
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* (_, { delivery }) {
        deliveries.push(delivery);
      },
    });
    await until('it is done', () => deliveries.length === 1);
    await bus.publish([{ event }]);
    await until('it is done again', () => deliveries.length === 2);
    await runner.stop();
    later.mockRestore();
    expect(deliveries).toEqual([1, 1]);
    await bus.close();
  });

  it('lets other work run in place of work that has left its slot, and counts it until it is done', async () => {
    const bus = createInProcessBus({ backoffMillis: [1] });
    const running: string[] = [];
    const ends = new Map<string, () => void>();
    const runner = startRunner(
      bus,
      {
        'work.feed': async function* ({ feed }, { leaveSlot, delivery }) {
          running.push(feed);
          leaveSlot?.();
          leaveSlot?.();
          await new Promise<void>((resolve) => ends.set(feed, resolve));
          if (feed === 'a' && delivery === 1) throw new Error('again');
        },
      },
      { concurrency: { 'work.feed': 1 } },
    );
    await bus.publish(['a', 'b'].map((feed) => ({ event: feedWork(feed) })));
    await until('both run', () => running.length === 2);
    const state = async () => (await bus.queues()).find(({ kind }) => kind === 'work.feed');
    expect(await state()).toMatchObject({ waiting: 0, running: 2 });
    ends.get('a')?.();
    await until('it runs again', () => running.length === 3);
    for (const feed of ['a', 'b']) ends.get(feed)?.();
    await until('all is done', async () => (await state())?.running === 0);
    expect(running).toEqual(['a', 'b', 'a']);
    await runner.stop();
    await bus.close();
  });

  it('lets nothing more run than there are slots', async () => {
    const bus = createInProcessBus();
    let [now, most] = [0, 0];
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const runner = startRunner(
      bus,
      {
        'work.feed': async function* (_, { leaveSlot }) {
          most = Math.max(most, ++now);
          await turn();
          now -= 1;
          leaveSlot?.();
          await turn();
        },
      },
      { concurrency: { 'work.feed': 2 } },
    );
    await bus.publish(Array.from({ length: 30 }, (_, n) => ({ event: feedWork(`f${n}`) })));
    await until('all is done', async () =>
      (await bus.queues()).every(({ waiting, running }) => waiting + running === 0),
    );
    expect(most).toBe(2);
    await runner.stop();
    await bus.close();
  });

  /** Work on a layer of an image, by the names of both. */
  const layer = (name: string): BusMessage => ({
    event: {
      kind: 'work.layer',
      image: `sha256:${name.charCodeAt(0).toString(16)}`,
      submission: 's',
      layer: Number(name.slice(1)),
    },
  });

  it.each([
    [
      'by caller, whatever the image',
      ['a1 one', 'b2 one', 'c3 one', 'd1 two', 'e1 three', 'd2 two'],
      'a1 d1 e1 b2 d2 c3',
    ],
    [
      'by image, of work that nobody is known to have ordered',
      ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'],
      'a1 b1 c1 a2 b2 a3',
    ],
    [
      'what several wait for at the first of their turns, once',
      ['a1 one', 'b2 one', 'c3 one', 'd4 one', 'd4 two', 'c3 two', 'e1 two'],
      'a1 d4 b2 c3 e1',
    ],
    ['what becomes another one’s too, at the turn of either', ['a1', 'a2', 'b1', 'a2 two'], 'a1 b1 a2'],
  ])('delivers work in turns: %s', async (_, published, given) => {
    const bus = createInProcessBus();
    await bus.publish(
      published.map((text): BusMessage => {
        const [name = '', caller] = text.split(' ');
        return { ...layer(name), ...(caller === undefined ? {} : { caller }) };
      }),
    );
    const seen: string[] = [];
    // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
    const note: WorkHandler<'work.layer'> = async function* ({ image, layer: number }, { caller }) {
      const name = `${String.fromCharCode(parseInt(image.slice(7), 16))}${number}`;
      seen.push(name);
      expect(published).toContain(caller === undefined ? name : `${name} ${caller}`);
      yield* [];
    };
    const runner = startRunner(bus, { 'work.layer': note }, { concurrency: { 'work.layer': 1 } });
    await until('all work is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen.join(' ')).toBe(given);
    for (const caller of ['one', 'two', 'three'])
      expect(await bus.backlog('work.layer', caller)).toEqual({ ofCaller: 0, inAll: 0 });
    await bus.close();
  });

  it('has spare slots for callers that others keep waiting, and only for those', async () => {
    const bus = createInProcessBus({ spares: { 'work.layer': 2 } });
    let letGo = (): void => undefined;
    const released = new Promise<void>((resolve) => (letGo = resolve));
    const running: number[] = [];
    const keepRunning: WorkHandler<'work.layer'> = async function* ({ layer: number }) {
      running.push(number);
      await released;
      yield* [];
    };
    const runner = startRunner(bus, { 'work.layer': keepRunning }, { concurrency: { 'work.layer': 2 } });
    await bus.publish([1, 2, 3, 4].map((n) => ({ ...layer(`a${n}`), caller: 'one' })));
    await until('all slots are taken', () => running.length === 2);
    await bus.publish([5, 6].map((n) => ({ ...layer(`b${n}`), caller: 'two' })));
    await until('the other caller has one', () => running.length === 3);
    expect(running).toEqual([1, 2, 5]);
    letGo();
    await until('all work is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(running.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    await bus.close();
  });

  it('keeps only the latest events and reports an error for older positions', async () => {
    const bus = createInProcessBus({ keptEvents: 10 });
    const listener = startSubscriber(bus);
    await bus.publish([{ event: feedUpdated('nvd', '0') }]);
    await until('it is received', () => listener.received.length === 1);
    const first = listener.received[0]!.position;
    for (let n = 1; n <= 10; n += 1) await bus.publish([{ event: feedUpdated('nvd', String(n)) }]);
    const resumed = startSubscriber(bus, first);
    await until('the rest is received', () => resumed.received.length === 10);
    for (let n = 11; n <= 30; n += 1) await bus.publish([{ event: feedUpdated('nvd', String(n)) }]);
    const listening = async (): Promise<void> => {
      for await (const envelope of bus.subscribe({ after: first, signal: AbortSignal.timeout(5000) }))
        throw new Error(envelope.id);
    };
    await expect(listening()).rejects.toMatchObject({ code: 'not-found' });
    await until('all is received', () => listener.received.length === 31);
    for (const { stop } of [listener, resumed]) await stop();
    await bus.close();
  });

  it('reports missed events to a listener that is too slow', async () => {
    const bus = createInProcessBus({ keptEvents: 4 });
    const envelopes = bus.subscribe({ signal: AbortSignal.timeout(5000) })[Symbol.asyncIterator]();
    const first = envelopes.next();
    await bus.publish(Array.from({ length: 20 }, (_, n) => ({ event: feedUpdated('nvd', String(n)) })));
    await expect(first).rejects.toMatchObject({ code: 'not-found' });
    await bus.close();
  });

  it('does not lose work when a runner stops at the moment the work arrives', async () => {
    const bus = createInProcessBus();
    const seen: string[] = [];
    const routes = {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* (event: { request: string }) {
        seen.push(event.request);
      },
    };
    const [first, second] = [startRunner(bus, routes), startRunner(bus, routes)];
    // Both wait for work from now on.
    await new Promise((resolve) => setImmediate(resolve));
    const publishing = bus.publish([{ event: feedWork('nvd', 'a') }]);
    const stopping = first.stop();
    await Promise.all([publishing, stopping]);
    await until('it is done', () => seen.length === 1);
    await second.stop();
    await bus.close();
  });

  it('works off a hundred thousand items in order', async () => {
    const bus = createInProcessBus();
    const count = 100_000;
    await bus.publish(Array.from({ length: count }, (_, n) => ({ event: feedWork('nvd', String(n)) })));
    let [next, inOrder] = [0, true];
    const runner = startRunner(
      bus,
      {
        // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
        'work.feed': async function* (event) {
          inOrder &&= event.request === String(next);
          next += 1;
        },
      },
      { concurrency: { 'work.feed': 1 } },
    );
    await until('all is done', () => next === count);
    await runner.stop();
    expect(inOrder).toBe(true);
    await bus.close();
  });
});
