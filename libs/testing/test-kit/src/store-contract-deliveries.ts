import type { NotificationDelivery, DeliveryState } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { hostileNames } from './store-contract-names';
import { everyPage, testDelivery, testEndpoint, testNotification } from './store-contract-service-facts';

/** A time of the test's day. */
const at = (time: string) => `2024-03-01T${time}:00.000Z`;

/** Endpoints, and the deliveries to them. */
export function describeDeliveries(current: CurrentStore): void {
  const claim = (endpoint: string, now: string, limit = 100) =>
    current().store.claimDeliveries(endpoint, { now: at(now), until: at('23:00'), limit });
  const seedsOf = (deliveries: readonly NotificationDelivery[]) =>
    deliveries.map(({ notification }) => Number.parseInt(notification.slice(-12), 16));
  const begin = async (...deliveries: readonly NotificationDelivery[]) => {
    for (const id of ['a', 'b']) await current().store.putEndpoint(testEndpoint(id));
    await current().store.addDeliveries(deliveries);
  };

  describe('endpoints', () => {
    it('are put, replaced, listed by id and removed', async () => {
      const { store } = current();
      expect(await store.endpoint('a')).toBeUndefined();
      const replaced = testEndpoint('a', { disabled: { reason: 'failed', at: at('11:00') }, mode: 'clair-v1' });
      for (const endpoint of [testEndpoint('b'), testEndpoint('a'), replaced]) await store.putEndpoint(endpoint);
      expect(await store.endpoint('a')).toStrictEqual(replaced);
      expect(await store.endpoints()).toStrictEqual([replaced, testEndpoint('b')]);
      expect(await store.removeEndpoint('a')).toBe(true);
      expect(await store.removeEndpoint('a')).toBe(false);
      expect(await store.endpoints()).toStrictEqual([testEndpoint('b')]);
    });

    it('take their deliveries with them, for good', async () => {
      const { store } = current();
      const deliveries = [testDelivery(1, 'a'), testDelivery(1, 'b'), testDelivery(2, 'a', { state: 'dead' })];
      await begin(...deliveries);
      await store.removeEndpoint('a');
      // A delivery in progress does not bring them back.
      await store.putDelivery(testDelivery(1, 'a', { attempts: 1 }));
      await store.addDeliveries([testDelivery(3, 'a')]);
      await store.putEndpoint(testEndpoint('a'));
      expect((await store.deliveries({ endpoint: 'a' }, { limit: 10 })).items).toEqual([]);
      const { items } = await store.deliveries({ notification: testNotification(1).id }, { limit: 10 });
      expect(items).toStrictEqual([testDelivery(1, 'b')]);
      expect(await claim('a', '12:00')).toEqual([]);
    });

    it('have ids and contents of any kind', async () => {
      const { store } = current();
      const endpoints = hostileNames.map((name) => testEndpoint(name, { filter: { namespaces: [name] } }));
      for (const endpoint of endpoints) {
        await store.putEndpoint(endpoint);
        await store.addDeliveries([testDelivery(1, endpoint.id)]);
      }
      expect(await store.endpoints()).toHaveLength(endpoints.length);
      for (const endpoint of endpoints) {
        expect(await store.endpoint(endpoint.id)).toStrictEqual(endpoint);
        const claimed = await claim(endpoint.id, '12:00');
        expect(claimed.map((delivery) => delivery.endpoint)).toEqual([endpoint.id]);
      }
    });
  });

  describe('deliveries', () => {
    it('that exist are not changed when they are added again', async () => {
      const { store } = current();
      await begin(testDelivery(1, 'a', { attempts: 3, state: 'dead' }));
      await store.addDeliveries([testDelivery(1, 'a'), testDelivery(2, 'a'), testDelivery(2, 'a')]);
      const { items } = await store.deliveries({ endpoint: 'a' }, { limit: 10 });
      expect(items).toStrictEqual([testDelivery(1, 'a', { attempts: 3, state: 'dead' }), testDelivery(2, 'a')]);
    });

    it.each([1, 2, 100])('are found by notification and by endpoint, state and time, in pages of %i', async (limit) => {
      const states: readonly DeliveryState[] = ['pending', 'delivered', 'dead'];
      const made = Array.from({ length: 12 }, (_, n) =>
        testDelivery(n + 1, n % 4 === 3 ? 'b' : 'a', {
          state: states[n % 3]!,
          createdAt: at(`10:${String(n).padStart(2, '0')}`),
        }),
      );
      const both = testDelivery(1, 'b');
      await begin(...[...made, both].reverse());
      const find = (query: Parameters<ReturnType<CurrentStore>['store']['deliveries']>[0]) =>
        everyPage((page) => current().store.deliveries(query, page), limit);
      const ofA = made.filter(({ endpoint }) => endpoint === 'a');
      expect(await find({ notification: testNotification(1).id })).toStrictEqual([made[0], both]);
      expect(await find({ notification: testNotification(99).id })).toEqual([]);
      // By an endpoint: in the order in which they were made, then by notification.
      expect(await find({ endpoint: 'a' })).toStrictEqual(ofA);
      expect(await find({ endpoint: 'a', since: at('10:04') })).toStrictEqual(ofA.slice(3));
      for (const state of states) {
        const expected = ofA.filter((delivery) => delivery.state === state);
        expect(await find({ endpoint: 'a', state })).toStrictEqual(expected);
        expect(await find({ endpoint: 'a', state, since: at('10:06') })).toStrictEqual(
          expected.filter(({ createdAt }) => createdAt >= at('10:06')),
        );
      }
    });

    it('are replaced, and then found by what they are', async () => {
      const { store } = current();
      await begin(testDelivery(1, 'a'));
      const log = [{ at: at('10:01'), status: 500, millis: 12, error: 'status', answer: 'no\u0000' }];
      const dead = testDelivery(1, 'a', { state: 'dead', attempts: 1, log });
      await store.putDelivery(dead);
      expect((await store.deliveries({ endpoint: 'a', state: 'pending' }, { limit: 1 })).items).toEqual([]);
      expect((await store.deliveries({ endpoint: 'a', state: 'dead' }, { limit: 1 })).items).toStrictEqual([dead]);
      expect(await claim('a', '12:00')).toEqual([]);
    });
  });

  describe('claims of deliveries', () => {
    it('are returned if they are due, the oldest first', async () => {
      await begin(
        testDelivery(1, 'a', { nextAttemptAt: at('10:30') }),
        testDelivery(2, 'a', { nextAttemptAt: at('10:10') }),
        testDelivery(3, 'a', { nextAttemptAt: at('10:20') }),
        testDelivery(4, 'a', { nextAttemptAt: at('11:00') }),
        testDelivery(5, 'b', { nextAttemptAt: at('10:00') }),
        testDelivery(6, 'a', { nextAttemptAt: at('10:00'), state: 'delivered' }),
        testDelivery(7, 'a', { nextAttemptAt: at('10:00'), state: 'dead' }),
      );
      expect(await claim('a', '10:05')).toEqual([]);
      expect(seedsOf(await claim('a', '10:40', 2))).toEqual([2, 3]);
      expect(seedsOf(await claim('a', '11:00', 5))).toEqual([1, 4]);
      expect(await claim('a', '12:00')).toEqual([]);
      expect(await claim('c', '12:00')).toEqual([]);
    });

    it('are stored in the delivery, and end with their time or with a put', async () => {
      const { store } = current();
      await begin(testDelivery(1, 'a'), testDelivery(2, 'a'));
      const until = { until: at('10:10'), limit: 10 };
      const claimed = await store.claimDeliveries('a', { now: at('10:00'), ...until });
      expect(claimed).toStrictEqual([1, 2].map((seed) => testDelivery(seed, 'a', { claimedUntil: at('10:10') })));
      expect((await store.deliveries({ endpoint: 'a' }, { limit: 10 })).items).toStrictEqual(claimed);
      expect(await claim('a', '10:09')).toEqual([]);
      await store.putDelivery(testDelivery(2, 'a', { attempts: 1, nextAttemptAt: at('10:05') }));
      expect(seedsOf(await claim('a', '10:09'))).toEqual([2]);
      expect(seedsOf(await claim('a', '10:10'))).toEqual([1]);
      expect(await claim('a', '10:10')).toEqual([]);
    });

    it('never go to two callers', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      await begin(...Array.from({ length: 40 }, (_, n) => testDelivery(n + 1, 'a')));
      const options = { now: at('10:00'), until: at('11:00'), limit: 7 };
      const claimed = await Promise.all(
        Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? store : other).claimDeliveries('a', options)),
      );
      const seeds = claimed.flatMap(seedsOf);
      expect(new Set(seeds).size).toBe(seeds.length);
      const rest = seedsOf(await store.claimDeliveries('a', { ...options, limit: 100 }));
      expect([...seeds, ...rest].sort((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
      await other.close();
    });

    it('of one endpoint do not affect those of others', async () => {
      await begin(testDelivery(1, 'a'), testDelivery(1, 'b'));
      expect(await claim('a', '10:00')).toHaveLength(1);
      expect(await claim('b', '10:00')).toHaveLength(1);
    });
  });

  describe('the time of the next delivery', () => {
    it('is the earliest at which one can be claimed', async () => {
      const { store } = current();
      expect(await store.nextDelivery()).toBeUndefined();
      await begin(
        testDelivery(1, 'a', { nextAttemptAt: at('10:30') }),
        testDelivery(2, 'b', { nextAttemptAt: at('10:10') }),
        testDelivery(3, 'b', { nextAttemptAt: at('09:00'), state: 'delivered' }),
        testDelivery(4, 'b', { nextAttemptAt: at('11:00') }),
      );
      expect(await store.nextDelivery()).toBe(at('10:10'));
      await store.claimDeliveries('b', { now: at('10:20'), until: at('10:40'), limit: 1 });
      expect(await store.nextDelivery()).toBe(at('10:30'));
      await store.putDelivery(testDelivery(1, 'a', { state: 'delivered' }));
      expect(await store.nextDelivery()).toBe(at('10:40'));
      await store.putDelivery(testDelivery(2, 'b', { nextAttemptAt: at('10:50') }));
      expect(await store.nextDelivery()).toBe(at('10:50'));
      await store.removeEndpoint('b');
      expect(await store.nextDelivery()).toBeUndefined();
    });
  });
}
