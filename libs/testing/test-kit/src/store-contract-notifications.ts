import type { AffectedImage, NotificationKind, VulnerabilityView } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { hostileNames } from './store-contract-names';
import {
  affectedImage,
  everyPage,
  pagesOf,
  testDelivery,
  testEndpoint,
  testNotification,
} from './store-contract-service-facts';

/** Notifications and their images. */
export function describeNotifications(current: CurrentStore): void {
  const put = async (seed: number, ...pages: readonly (readonly AffectedImage[])[]) =>
    current().store.putNotification(testNotification(seed), pagesOf(...pages));
  const imagesOf = async (seed: number, transition?: NotificationKind, limit = 100) => {
    const query = transition === undefined ? {} : { transition };
    return everyPage((page) => current().store.affectedImages(testNotification(seed).id, query, page), limit);
  };
  const list = async (query: Parameters<ReturnType<CurrentStore>['store']['notifications']>[0] = {}, limit = 100) =>
    (await everyPage((page) => current().store.notifications(query, page), limit)).map(({ id }) => id);
  const idsOf = (...seeds: readonly number[]) => seeds.map((seed) => testNotification(seed).id);

  describe('notifications', () => {
    it('are returned as they were put', async () => {
      const { store, reopen } = current();
      const view: VulnerabilityView = {
        id: 'CVE-2024-0001',
        aliases: ['GHSA-x'],
        severity: 'High',
        description: 'x'.repeat(100_000),
        epss: null,
        knownExploited: null,
        links: [],
        packages: affectedImage(1).after,
      };
      const notification = testNotification(1, { before: null, after: view });
      expect(await store.notification(notification.id)).toBeUndefined();
      await store.putNotification(notification, pagesOf([affectedImage(1)]));
      expect(await store.notification(notification.id)).toStrictEqual(notification);
      const other = await reopen();
      expect(await other.notification(notification.id)).toStrictEqual(notification);
      await other.close();
    });

    it('do not change when they are put again', async () => {
      const { store } = current();
      await put(1, [affectedImage(1)]);
      await store.setNotificationState(idsOf(1)[0]!, 'delivered');
      await put(1, [affectedImage(2)], [affectedImage(3)]);
      expect(await imagesOf(1)).toStrictEqual([affectedImage(1)]);
      expect(await list({ state: 'delivered' })).toEqual(idsOf(1));
    });

    it('are not there before all their images are, and can then be put again', async () => {
      const { store, reopen } = current();
      const failing = async function* () {
        yield [affectedImage(1)];
        yield [affectedImage(2)];
        expect(await store.notification(idsOf(1)[0]!)).toBeUndefined();
        expect(await imagesOf(1)).toEqual([]);
        expect(await list()).toEqual([]);
        throw new RangeError('on purpose');
      };
      await expect(store.putNotification(testNotification(1), failing())).rejects.toThrow('on purpose');
      expect(await store.notification(idsOf(1)[0]!)).toBeUndefined();
      expect(await imagesOf(1)).toEqual([]);
      const other = await reopen();
      await other.putNotification(testNotification(1), pagesOf([affectedImage(7)]));
      await other.close();
      expect(await imagesOf(1)).toStrictEqual([affectedImage(7)]);
    });

    it('are those of one of several concurrent callers', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const pages = (first: number) => [0, 1, 2].map((n) => [affectedImage(first + n)]);
      await Promise.all([
        store.putNotification(testNotification(1), pagesOf(...pages(10))),
        other.putNotification(testNotification(1), pagesOf(...pages(20))),
        store.putNotification(testNotification(1), pagesOf(...pages(30))),
      ]);
      const found = await imagesOf(1);
      expect([10, 20, 30].map((first) => pages(first).flat())).toContainEqual(found);
      await other.close();
    });

    it.each([1, 2, 100])('are listed newest first and by state, in pages of %i', async (limit) => {
      for (const seed of [3, 1, 5, 2, 4]) await put(seed, []);
      const { store } = current();
      await store.setNotificationState(idsOf(2)[0]!, 'acknowledged');
      await store.setNotificationState(idsOf(4)[0]!, 'delivering');
      await store.setNotificationState(idsOf(4)[0]!, 'acknowledged');
      await store.setNotificationState(idsOf(9)[0]!, 'dead');
      expect(await list({}, limit)).toEqual(idsOf(5, 4, 3, 2, 1));
      expect(await list({ state: 'acknowledged' }, limit)).toEqual(idsOf(4, 2));
      expect(await list({ state: 'created' }, limit)).toEqual(idsOf(5, 3, 1));
      expect(await list({ state: 'delivering' }, limit)).toEqual([]);
      expect(await list({ state: 'dead' }, limit)).toEqual([]);
      expect(await store.notification(idsOf(2)[0]!)).toStrictEqual(testNotification(2, { state: 'acknowledged' }));
      const { items } = await store.notifications({}, { limit: 2, after: idsOf(4)[0]! });
      expect(items.map(({ id }) => id)).toEqual(idsOf(3, 2));
    });

    it('are removed with images and deliveries when they are old', async () => {
      const { store } = current();
      await store.putEndpoint(testEndpoint('e'));
      for (const seed of [1, 2, 3]) await put(seed, [affectedImage(seed)]);
      await store.addDeliveries([1, 2, 3].map((seed) => testDelivery(seed, 'e')));
      await store.forgetNotifications(idsOf(3)[0]!);
      expect(await list()).toEqual(idsOf(3));
      expect(await list({ state: 'created' })).toEqual(idsOf(3));
      expect(await store.notification(idsOf(2)[0]!)).toBeUndefined();
      expect(await imagesOf(2)).toEqual([]);
      expect(await imagesOf(3)).toHaveLength(1);
      const left = await store.deliveries({ endpoint: 'e' }, { limit: 10 });
      expect(left.items).toStrictEqual([testDelivery(3, 'e')]);
      await put(1, [affectedImage(4)]);
      expect(await imagesOf(1)).toStrictEqual([affectedImage(4)]);
    });

    it('are removed by state, with images and deliveries', async () => {
      const { store } = current();
      await store.putEndpoint(testEndpoint('e'));
      for (const seed of [1, 2, 3, 4]) await put(seed, [affectedImage(seed)]);
      await store.addDeliveries([1, 2, 3, 4].map((seed) => testDelivery(seed, 'e')));
      await store.setNotificationState(idsOf(1)[0]!, 'dead');
      for (const seed of [2, 4]) await store.setNotificationState(idsOf(seed)[0]!, 'acknowledged');
      await store.forgetNotifications(idsOf(4)[0]!, ['acknowledged', 'delivered']);
      expect(await list()).toEqual(idsOf(4, 3, 1));
      expect(await list({ state: 'acknowledged' })).toEqual(idsOf(4));
      expect([await imagesOf(2), (await imagesOf(1)).length, (await imagesOf(3)).length]).toEqual([[], 1, 1]);
      const left = await store.deliveries({ endpoint: 'e' }, { limit: 10 });
      expect(left.items.map(({ notification }) => notification)).toEqual([...idsOf(1), ...idsOf(3), ...idsOf(4)]);
      await store.forgetNotifications(idsOf(9)[0]!, []);
      await store.forgetNotifications(idsOf(9)[0]!, ['created', 'dead']);
      expect(await list()).toEqual(idsOf(4));
      // One that is put again is new.
      await put(2, [affectedImage(5)]);
      expect(await imagesOf(2)).toStrictEqual([affectedImage(5)]);
    });

    it.each([0, 0.5, Number.NaN])('reject pages of %p', async (limit) => {
      const refused = { name: 'ClarionError', code: 'invalid-input' };
      await expect(current().store.notifications({}, { limit })).rejects.toMatchObject(refused);
      await expect(current().store.affectedImages('x', {}, { limit })).rejects.toMatchObject(refused);
    });
  });

  describe('images of a notification', () => {
    const kinds = ['affected', 'affected', 'changed', 'affected', 'cleared'] as const;
    const all = Array.from({ length: 700 }, (_, n) => affectedImage(700 - n, { transition: kinds[n % kinds.length]! }));

    it.each([1000, 256, 100, 7])('are returned in the order in which they were put, in pages of %i', async (limit) => {
      // Pages of all sizes go in, also none at all.
      await put(1, all.slice(0, 3), [], all.slice(3, 600), all.slice(600));
      await put(2);
      expect(await imagesOf(1, undefined, limit)).toStrictEqual(all);
      for (const kind of ['affected', 'changed', 'cleared'] as const) {
        const expected = all.filter(({ transition }) => transition === kind);
        expect(await imagesOf(1, kind, limit)).toStrictEqual(expected);
      }
      expect(await imagesOf(2, undefined, limit)).toEqual([]);
    });

    it('are empty for an unknown notification', async () => {
      expect(await imagesOf(9)).toEqual([]);
    });

    it('keep the references that they had, of those that had any', async () => {
      const former = { references: [], formerReferences: ['registry.example/team/app:1'] };
      const images = [affectedImage(1), affectedImage(2, former), affectedImage(3)];
      await put(1, images);
      expect(await imagesOf(1)).toStrictEqual(images);
    });

    it('keep the deadlines of those that have one', async () => {
      const due = { transition: 'due', before: [], deadline: '2026-03-01T00:00:00.000Z' } as const;
      const images = [1, 2, 3].map((seed) => affectedImage(seed, seed === 2 ? {} : due));
      await put(1, images);
      expect(await imagesOf(1)).toStrictEqual(images);
      expect(await imagesOf(1, 'due')).toStrictEqual([images[0], images[2]]);
      expect(await imagesOf(1, 'overdue')).toEqual([]);
    });

    it('have references and packages of any name', async () => {
      const images = hostileNames.map((name, n) => {
        const [found] = affectedImage(n).after;
        return affectedImage(n, { references: [name], after: [{ ...found!, name, version: name, namespace: name }] });
      });
      await put(1, images);
      expect(await imagesOf(1)).toStrictEqual(images);
    });

    it.each(['', 'x', '-1', '1e999', '__proto__', 'a\tb\u0000', 'x'.repeat(10_000)])(
      'handle an invalid cursor safely: %p',
      async (after) => {
        await put(1, [affectedImage(1)]);
        const asked = current().store.affectedImages(idsOf(1)[0]!, {}, { limit: 5, after });
        const found = await asked.catch((error: unknown) => error);
        const harmless = [{ items: [] }, { items: [affectedImage(1)] }];
        if (found instanceof Error) expect(found).toMatchObject({ name: 'ClarionError', code: 'invalid-input' });
        else expect(harmless).toContainEqual(found);
      },
    );
  });
}
