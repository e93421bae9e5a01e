import { ClarionError, type EventOf, type WorkHandler, type BusMessage, type WorkItem } from '@clarion/model';

import type { CurrentBus } from './bus-under-test';
import { feedWork, openWork, startSubscriberNow, startRunner } from './bus-runner';
import { slowly } from './deliberate-delay';
import { until } from './until';

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}` as const;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** A handler that records its input. */
function noting(seen: string[]): WorkHandler<'work.feed'> {
  // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
  return async function* (event) {
    seen.push(event.request);
  };
}

/** Work is processed: once, in order, not twice at a time, with all of its data. */
export function describeBusWork(current: CurrentBus): void {
  it('gives each item of work to one of the runners, whatever its kind', async () => {
    const { bus, connect } = current();
    const other = (await connect?.()) ?? bus;
    const seen: string[][] = [[], []];
    const note = (who: number) =>
      async function* (event: WorkItem) {
        seen[who]?.push(JSON.stringify(event));
        await slowly(5);
        yield* [];
      };
    const routes = (who: number) => ({
      'work.feed': note(who),
      'work.layer': note(who),
      'advisories.changed': note(who),
    });
    const runners = [startRunner(bus, routes(0)), startRunner(other, routes(1))];
    const work: WorkItem[] = Array.from({ length: 20 }, (_, n) => [
      feedWork(`ubuntu/ä-"${n}"%20`),
      { kind: 'work.layer', image: digest(n), submission: 's', layer: n } as const,
      { kind: 'advisories.changed', update: 'u', vulnerability: `CVE-2024-${1000 + n}` } as const,
    ]).flat();
    await bus.publish(work.map((event) => ({ event })));
    await until('all work is done', async () => (await openWork(bus)) === 0);
    for (const runner of runners) await runner.stop();
    expect(seen.flat().sort()).toEqual(work.map((event) => JSON.stringify(event)).sort());
    expect(seen.map((items) => items.length > 0)).toEqual([true, true]);
    expect(runners.flatMap(({ dead }) => dead)).toEqual([]);
    if (other !== bus) await other.close();
  });

  it('reports the pending work of each caller, including work that several callers requested', async () => {
    const { bus } = current();
    const layer = (n: number, caller?: string): BusMessage => ({
      event: { kind: 'work.layer', image: digest(n), submission: 's', layer: n },
      ...(caller === undefined ? {} : { caller }),
    });
    const ofCallers = async (): Promise<readonly number[]> =>
      Promise.all(['one', 'two', '*', undefined].map(async (who) => (await bus.backlog('work.layer', who)).ofCaller));
    expect(await ofCallers()).toEqual([0, 0, 0, 0]);
    await bus.publish([layer(1, 'one'), layer(2, 'one'), layer(3, 'one'), layer(4, '*'), layer(5)]);
    await bus.publish([{ event: feedWork('nvd') }, layer(2, 'two'), layer(1, 'one')]);
    expect(await ofCallers()).toEqual([3, 1, 1, 1]);
    const seen: number[] = [];
    // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
    const note: WorkHandler<'work.layer'> = async function* (event) {
      seen.push(event.layer);
      yield* [];
    };
    const runner = startRunner(bus, { 'work.layer': note });
    await until('all is done', async () => (await bus.backlog('work.layer', undefined)).inAll === 0);
    await runner.stop();
    expect([...new Set(seen)].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await ofCallers()).toEqual([0, 0, 0, 0]);
  });

  it('keeps work until a runner starts, and delivers it in order', async () => {
    const { bus } = current();
    const requests = Array.from({ length: 30 }, (_, n) => String(n));
    await bus.publish([]);
    for (const request of requests) await bus.publish([{ event: feedWork('nvd', request) }]);
    expect(await bus.queues()).toContainEqual({ kind: 'work.feed', waiting: 30, running: 0, redelivered: 0 });
    const seen: string[] = [];
    const runner = startRunner(bus, { 'work.feed': noting(seen) }, { concurrency: { 'work.feed': 1 } });
    await until('all work is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen).toEqual(requests);
  });

  it('treats an event that is published again within two minutes as the same', async () => {
    const { bus } = current();
    const event = feedWork('nvd', 'twice');
    await bus.publish([{ event }, { event: feedWork('nvd', 'once') }, { event }]);
    const seen: string[] = [];
    const runner = startRunner(bus, { 'work.feed': noting(seen) });
    await until('it is done', async () => (await openWork(bus)) === 0);
    // Work is taken in order: once the last one is done, the one before it would have been seen.
    await bus.publish([{ event }, { event: feedWork('nvd', 'later') }]);
    await until('the later one is done', async () => seen.includes('later') && (await openWork(bus)) === 0);
    await runner.stop();
    expect(seen.sort()).toEqual(['later', 'once', 'twice']);
  });

  it.each([
    ['2 by default', undefined, 2],
    ['3', { 'work.feed': 3 }, 3],
  ])('handles as much in parallel as allowed: %s', async (_, concurrency, limit) => {
    const { bus } = current();
    let [running, most] = [0, 0];
    const handler: WorkHandler<'work.feed'> = async function* () {
      running += 1;
      most = Math.max(most, running);
      await slowly(60);
      running -= 1;
      yield* [];
    };
    await bus.publish(Array.from({ length: 9 }, () => ({ event: feedWork('nvd') })));
    const runner = startRunner(bus, { 'work.feed': handler }, concurrency && { concurrency });
    await until('all work is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(most).toBe(limit);
  });

  it('allows work to take longer than the silence limit', async () => {
    const { bus, silenceMillis } = current();
    const deliveries: number[] = [];
    const handler: WorkHandler<'work.feed'> = async function* (_, { delivery }) {
      deliveries.push(delivery);
      await slowly(silenceMillis * 2.5);
      yield* [];
    };
    const runner = startRunner(bus, { 'work.feed': handler });
    await bus.publish([{ event: feedWork('nvd') }]);
    await until('it is taken', () => deliveries.length > 0);
    expect(await bus.queues()).toContainEqual({ kind: 'work.feed', waiting: 0, running: 1, redelivered: 0 });
    await until('it is done', async () => (await openWork(bus)) === 0);
    await runner.stop();
    expect(deliveries).toEqual([1]);
  });

  it('has the events that work causes on the bus before the work is done', async () => {
    const { bus } = current();
    const listener = await startSubscriberNow(bus);
    const event = feedWork('nvd', 'now');
    let receivedInside = 0;
    const handler: WorkHandler<'work.feed'> = async function* (work, { delivery }) {
      yield { ...work, kind: 'feed.updated', result: 'changed' };
      await until('it is received while the work runs', () => listener.received().length > 0);
      receivedInside += 1;
      // Yielded events stay, and are not published twice when the work is repeated.
      if (delivery === 1) throw new ClarionError('upstream-unavailable', 'Feed nvd is away');
    };
    const runner = startRunner(bus, { 'work.feed': handler });
    await bus.publish([{ event }]);
    await until('it is done', async () => receivedInside === 2 && (await openWork(bus)) === 0);
    await runner.stop();
    await listener.stop();
    expect(listener.received().map(({ id }) => id)).toEqual(['feed.updated nvd now']);
  });

  it('gives work caused by work to the runners, a thousand of it', async () => {
    const { bus } = current();
    // Work may be delivered twice, as a busy server does.
    const changed = new Set<string>();
    const runner = startRunner(
      bus,
      {
        'work.feed': async function* (event) {
          for (let n = 0; n < 1000; n += 1) {
            const vulnerability = `CVE-2024-${10_000 + n}`;
            yield await Promise.resolve({ kind: 'advisories.changed', update: event.request, vulnerability } as const);
          }
        },
        // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
        'advisories.changed': async function* ({ vulnerability }) {
          changed.add(vulnerability);
        },
      },
      { concurrency: { 'advisories.changed': 8 } },
    );
    await bus.publish([{ event: feedWork('nvd') }]);
    await until('all are handled', async () => changed.size >= 1000 && (await openWork(bus)) === 0);
    await runner.stop();
    expect(changed.size).toBe(1000);
  });

  it('carries the trace along', async () => {
    const { bus } = current();
    const traces: (string | undefined)[] = [];
    const runner = startRunner(bus, {
      'advisories.changed': async function* (event, context) {
        traces.push(context.traceparent);
        yield await Promise.resolve(feedWork(event.vulnerability));
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- it yields nothing
      'work.feed': async function* (_, context) {
        traces.push(context.traceparent);
      },
    });
    const event: EventOf<'advisories.changed'> = { kind: 'advisories.changed', update: 'u', vulnerability: 'CVE-1' };
    await bus.publish([{ event, traceparent, tracestate: 'a=b' }]);
    await until('both are handled', () => traces.length === 2);
    await bus.publish([{ event: feedWork('untraced') }]);
    await until('all three are handled', () => traces.length === 3);
    await runner.stop();
    const traceId = traceparent.slice(0, 35);
    expect(traces.map((given) => given?.slice(0, 35))).toEqual([traceId, traceId, undefined]);
  });

  it('keeps work without a route waiting', async () => {
    const { bus } = current();
    await bus.publish([{ event: feedWork('nvd') }]);
    const seen: string[] = [];
    const runner = startRunner(bus, { 'work.layer': noting(seen) as never });
    await bus.publish([{ event: { kind: 'work.layer', image: digest(1), submission: 's', layer: 1 } }]);
    await until('what has one is done', async () => seen.length === 1 && (await openWork(bus)) === 1);
    await runner.stop();
    expect(await bus.queues()).toContainEqual({ kind: 'work.feed', waiting: 1, running: 0, redelivered: 0 });
  });

  it('is ready until it is closed, and then accepts nothing', async () => {
    const { bus } = current();
    expect(await bus.ready()).toBe(true);
    await bus.close();
    await bus.close();
    expect(await bus.ready()).toBe(false);
    await expect(bus.publish([{ event: feedWork('nvd') }])).rejects.toMatchObject({ code: 'upstream-unavailable' });
  });
}
