import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ClarionError, eventId, type Bus, type BusMessage, type WorkItem, type WorkJournal } from '@clarion/model';
import { openEmbeddedStore, type EmbeddedStore } from '@clarion/store-embedded';
import { feedWork, feedUpdated, startRunner, until } from '@clarion/test-kit';

import { openInProcessBus } from './create-in-process-bus';

// Unfinished work of a process is done by the next one.
describe('a bus with a journal', () => {
  let directory: string;
  let store: EmbeddedStore;
  const opened: Bus[] = [];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'clarion-bus-'));
    store = await openEmbeddedStore({ directory });
  });
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** A bus of another process on the same store; its predecessor died without closing. */
  async function open(changes: Partial<WorkJournal> = {}, maxWork?: number): Promise<Bus> {
    const options = { backoffMillis: [20], maxDeliveries: 2, duplicateMillis: 1 };
    const given = maxWork === undefined ? options : { ...options, maxWork };
    const bus = await openInProcessBus({ ...store, ...changes }, given);
    opened.push(bus);
    return bus;
  }

  async function kept(): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { event } of store.keptWork()) ids.push(eventId(event));
    return ids;
  }

  const waiting = async (bus: Bus): Promise<number> =>
    (await bus.queues()).reduce((sum, queue) => sum + queue.waiting, 0);

  const work = (request: string): BusMessage<WorkItem> => ({ event: feedWork('nvd', request) });

  it('has what an earlier process took and did not do, with its trace, once', async () => {
    const first = await open();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await first.publish([work('a'), { ...work('b'), traceparent }, { event: feedUpdated('nvd', 'c') }]);
    await first.publish([work('a')]);
    const second = await open();
    const done: unknown[] = [];
    // As at startup, whatever already exists.
    await second.publish([work('a')]);
    expect(await waiting(second)).toBe(2);
    const runner = startRunner(second, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* ({ request }, context) {
        done.push([request, context.traceparent, context.delivery]);
      },
    });
    await until('it is forgotten', async () => (await kept()).length === 0);
    await runner.stop();
    expect(done).toEqual([
      ['a', undefined, 2],
      ['b', traceparent, 2],
    ]);
    expect(await waiting(await open())).toBe(0);
  });

  it('keeps work until its handler has ended or its dead letter is kept', async () => {
    const bus = await open();
    const seen: (readonly string[])[] = [];
    const runner = startRunner(
      bus,
      {
        'work.feed': async function* ({ request }) {
          seen.push(await kept());
          if (request === 'bad') throw new ClarionError('not-found', 'No such feed');
          yield feedUpdated('nvd', request);
          seen.push(await kept());
        },
      },
      {
        concurrency: { 'work.feed': 1 },
        onDead: async () => {
          seen.push(await kept());
        },
      },
    );
    for (const request of ['good', 'bad']) {
      await bus.publish([work(request)]);
      await until('it is forgotten', async () => (await kept()).length === 0);
    }
    await runner.stop();
    const [good, bad] = [['work.feed nvd good'], ['work.feed nvd bad']];
    expect(seen).toEqual([good, good, bad, bad]);
  });

  it('keeps running work when it is closed, and removes finished work', async () => {
    const bus = await open();
    const begun: string[] = [];
    const runner = startRunner(bus, {
      'work.feed': async function* ({ request }) {
        begun.push(request);
        if (request === 'slow') yield* await new Promise<[]>(() => undefined);
      },
    });
    await bus.publish([work('quick'), work('slow')]);
    await until('both have begun', () => begun.length === 2);
    await bus.close();
    await runner.stop();
    expect(await kept()).toEqual(['work.feed nvd slow']);
  });

  it('rejects work that it cannot store, and work beyond the limit', async () => {
    const full = new ClarionError('upstream-unavailable', 'The disk is full');
    const bus = await open({ keepWork: () => Promise.reject(full) }, 1);
    await expect(bus.publish([work('a')])).rejects.toBe(full);
    await bus.publish([{ event: feedUpdated('nvd', 'a') }]);
    expect(await waiting(bus)).toBe(0);
    await expect((await open({}, 1)).publish([work('a'), work('b')])).rejects.toMatchObject({ retryable: true });
    expect(await kept()).toEqual([]);
  });

  it('repeats work that it could not remove, and does not remove new work with it', async () => {
    let failures = 0;
    const bus = await open({
      forgetWork: (ids) => {
        failures += 1;
        return failures === 1 ? Promise.reject(new Error('The disk is full')) : store.forgetWork(ids);
      },
    });
    const done: string[] = [];
    const runner = startRunner(bus, {
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* ({ request }) {
        done.push(request);
      },
    });
    await bus.publish([work('a')]);
    await until('it could not be forgotten', () => failures === 1);
    expect(await kept()).toHaveLength(1);
    await runner.stop();
    // The same work again: it is new and waits.
    await bus.publish([work('a')]);
    await bus.close();
    expect(await kept()).toEqual(['work.feed nvd a']);
    expect(done).toEqual(['a']);
  });
});
