import type { ChangedVulnerability, Endpoint, DomainEvent, Store } from '@clarion/model';
import { notificationId } from './notification-id';
import { notifyChange } from './notify-change';
import { everyPage, testEndpoint } from '../testing/endpoint';
import { matchOptions, now, openHouse, type House } from '../testing/house';
import { imageWith, installed, open, says } from '../testing/images';

const cve = 'CVE-2024-0001';

/** The same store, but its `last`-th call of any method fails. */
function failingAt(last: number, store: Store): { readonly store: Store; readonly calls: () => number } {
  let calls = 0;
  const proxy = new Proxy(store, {
    get(target, name: keyof Store) {
      const method = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        calls += 1;
        if (calls === last) throw new Error(`killed in call ${last}: ${name}`);
        return method.apply(target, given);
      };
    },
  });
  return { store: proxy, calls: () => calls };
}

async function* cut<T>(items: AsyncIterable<T>, length: number): AsyncGenerator<T> {
  let at = 0;
  for await (const item of items) {
    if (at++ === length) throw new Error(`killed after ${length} pages`);
    yield item;
  }
}

async function run(store: Store, changed: ChangedVulnerability, limit = Infinity): Promise<readonly DomainEvent[]> {
  const handler = notifyChange({ store, options: () => matchOptions, now: () => now });
  const context = { signal: new AbortController().signal, delivery: 1 };
  const news: DomainEvent[] = [];
  for await (const event of handler({ kind: 'advisories.changed', ...changed }, context)) {
    if (news.push(event as DomainEvent) >= limit) break;
  }
  return news;
}

async function filledHouse(): Promise<{ readonly house: House; readonly changed: ChangedVulnerability }> {
  const house = await openHouse();
  const endpoints: readonly Endpoint[] = [testEndpoint('a'), testEndpoint('b')];
  for (const endpoint of endpoints) await house.store.putEndpoint(endpoint);
  for (let seed = 1; seed <= 3; seed++) {
    await house.addImage(imageWith(seed, [installed('debian:12', `openssl 3.${seed}`)]));
  }
  const [changed] = await house.update('debian', [says('debian:12', 'openssl', [open(cve)])]);
  return { house, changed: changed! };
}

async function resultIn({ store }: House, changed: ChangedVulnerability): Promise<unknown> {
  const id = notificationId(changed);
  const compositions = (await store.images({ by: 'all' }, { limit: 10 })).items.map(({ composition }) => composition!);
  const { items } = await store.deliveries({ notification: id }, { limit: 10 });
  return {
    notification: await store.notification(id),
    images: await everyPage((page) => store.affectedImages(id, {}, page), 10),
    deliveries: items.map(({ endpoint, state }) => `${endpoint} ${state}`),
    counts: [...(await store.counts(compositions))],
  };
}

test('a message is completed after a crash in any call, with the same events', async () => {
  const whole = await filledHouse();
  const counting = failingAt(Infinity, whole.house.store);
  const news = await run(counting.store, whole.changed);
  const expected = await resultIn(whole.house, whole.changed);
  const calls = counting.calls();
  await whole.house.close();
  expect(news).toHaveLength(3);
  expect(calls).toBeGreaterThan(15);

  for (let at = 1; at <= calls; at++) {
    const { house, changed } = await filledHouse();
    await expect(run(failingAt(at, house.store).store, changed)).rejects.toThrow(`killed in call ${at}`);
    expect(await run(house.store, changed)).toEqual(news);
    expect(await resultIn(house, changed)).toEqual(expected);
    await house.close();
  }
});

test('a crash after some of its pages or some of its events', async () => {
  const { house, changed } = await filledHouse();
  const { store } = house;
  const dying: Store = { ...store, putNotification: (made, pages) => store.putNotification(made, cut(pages, 0)) };
  await expect(run(dying, changed)).rejects.toThrow('killed after 0 pages');
  expect(await store.notification(notificationId(changed))).toBeUndefined();
  const some = await run(store, changed, 2);
  const all = await run(store, changed);
  expect(all.slice(0, 2)).toEqual(some);
  expect(all).toHaveLength(3);
  await house.close();
});

test('two concurrent notifiers create one notification', async () => {
  const { house, changed } = await filledHouse();
  const [one, other] = await Promise.all([run(house.store, changed), run(house.store, changed)]);
  expect(one).toEqual(other);
  expect((await house.store.notifications({}, { limit: 10 })).items).toHaveLength(1);
  await house.close();
});
