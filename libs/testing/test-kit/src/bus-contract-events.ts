import { eventId, type EventOf, type DomainEvent } from '@clarion/model';

import type { CurrentBus } from './bus-under-test';
import { feedWork, feedUpdated, startSubscriber, startSubscriberNow } from './bus-runner';
import { until } from './until';

const image = `sha256:${'a'.repeat(64)}` as const;
const layer = `sha256:${'b'.repeat(64)}` as const;

/** One of each kind, with text that transports often corrupt. */
const everyKind: readonly DomainEvent[] = [
  { kind: 'layer.indexed', image, layer, read: false },
  { kind: 'image.indexed', image, submission: 's-1' },
  { kind: 'image.failed', image, submission: 's-2', code: 'internal', message: 'Größe "10 %" \n\u0000 🙂' },
  { kind: 'feed.updated', feed: 'own/ä.b *>', request: 'r', result: 'held' },
  {
    kind: 'image.transition',
    transition: 'affected',
    notification: 'n',
    image,
    vulnerability: 'CVE-2024-2961',
    severity: 'High',
    reference: 'registry.example/team/app:1',
  },
];

/** Events reach all listeners, in order, from now on or from a position. */
export function describeBusEvents(current: CurrentBus): void {
  it('delivers events of every kind, unchanged, to all listeners', async () => {
    const { bus, connect } = current();
    const other = (await connect?.()) ?? bus;
    const listeners = [await startSubscriberNow(bus), await startSubscriberNow(other)];
    await bus.publish([{ event: feedWork('not an event') }, ...everyKind.map((event) => ({ event }))]);
    for (const { received } of listeners) {
      await until('all are received', () => received().length >= everyKind.length);
      expect(received().map(({ event }) => event)).toEqual(everyKind);
      expect(received().map(({ id }) => id)).toEqual(everyKind.map(eventId));
      for (const { at } of received()) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000);
    }
    for (const { stop } of listeners) await stop();
    if (other !== bus) await other.close();
  });

  it('keeps the order of many events', async () => {
    const { bus } = current();
    const listener = await startSubscriberNow(bus);
    const events = Array.from({ length: 1000 }, (_, n) => feedUpdated('nvd', String(n)));
    await bus.publish(events.map((event) => ({ event })));
    await until('all are received', () => listener.received().length >= events.length);
    await listener.stop();
    expect(listener.received().map(({ event }) => event)).toEqual(events);
    expect(new Set(listener.received().map(({ position }) => position)).size).toBe(events.length);
  });

  it('continues after a position, also from another connection', async () => {
    const { bus, connect } = current();
    const listener = await startSubscriberNow(bus);
    await bus.publish(['a', 'b', 'c'].map((request) => ({ event: feedUpdated('nvd', request) })));
    await until('all are received', () => listener.received().length === 3);
    await listener.stop();
    await bus.publish([{ event: feedUpdated('nvd', 'd') }]);
    const other = (await connect?.()) ?? bus;
    const [first, , last] = listener.received();
    for (const [after, expected] of [
      [first!.position, ['b', 'c', 'd']],
      [last!.position, ['d']],
    ] as const) {
      const resumed = startSubscriber(other, after);
      await until('the rest is received', () => resumed.received.length >= expected.length);
      // Events arrive in order: an extra one would arrive before the next one.
      await bus.publish([{ event: feedUpdated('last', expected.join()) }]);
      await until(
        'the next one is received',
        () => resumed.received.at(-1)?.id === `feed.updated last ${expected.join()}`,
      );
      await resumed.stop();
      const received = resumed.received.map(({ event }) => event as EventOf<'feed.updated'>);
      expect(received.flatMap(({ feed, request }) => (feed === 'last' ? [] : [request]))).toEqual(expected);
    }
    if (other !== bus) await other.close();
  });

  it('does not deliver earlier events, and ends on abort, with or without events', async () => {
    const { bus } = current();
    await bus.publish([{ event: feedUpdated('nvd', 'before') }]);
    const listener = await startSubscriberNow(bus);
    const silent = startSubscriber(bus);
    await listener.stop();
    await silent.stop();
    expect(listener.received()).toEqual([]);
    const aborted = AbortSignal.abort();
    for await (const envelope of bus.subscribe({ signal: aborted })) throw new Error(`received ${envelope.id}`);
  });

  it.each([
    ['no position', '', 'invalid-input'],
    ['no position', 'yesterday', 'invalid-input'],
    ['no position', '1:2:3', 'invalid-input'],
    ['the position of another bus', 'c0ffee:17', 'not-found'],
  ])('rejects %s: %j', async (_, after, code) => {
    const { bus } = current();
    await bus.publish([{ event: feedUpdated('nvd', 'a') }]);
    const listening = async (): Promise<void> => {
      for await (const envelope of bus.subscribe({ after, signal: AbortSignal.timeout(5000) }))
        throw new Error(envelope.id);
    };
    await expect(listening()).rejects.toMatchObject({ code });
  });
}
