import type { ChangedVulnerability, NotificationEndpoint, DomainEvent, Store } from '@clarion/model';
import { notificationId } from './notification-id';
import { notifyChange } from './notify-change';
import { everyPage, testEndpoint } from '../testing/endpoint';
import { matchOptions, now, openTestInstallation, type TestInstallation } from '../testing/test-installation';
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
  const events: DomainEvent[] = [];
  for await (const event of handler({ kind: 'advisories.changed', ...changed }, context)) {
    if (events.push(event as DomainEvent) >= limit) break;
  }
  return events;
}

async function filledInstallation(): Promise<{
  readonly installation: TestInstallation;
  readonly changed: ChangedVulnerability;
}> {
  const installation = await openTestInstallation();
  const endpoints: readonly NotificationEndpoint[] = [testEndpoint('a'), testEndpoint('b')];
  for (const endpoint of endpoints) await installation.store.putEndpoint(endpoint);
  for (let seed = 1; seed <= 3; seed++) {
    await installation.addImage(imageWith(seed, [installed('debian:12', `openssl 3.${seed}`)]));
  }
  const [changed] = await installation.update('debian', [says('debian:12', 'openssl', [open(cve)])]);
  return { installation, changed: changed! };
}

async function resultIn({ store }: TestInstallation, changed: ChangedVulnerability): Promise<unknown> {
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
  const whole = await filledInstallation();
  const counting = failingAt(Infinity, whole.installation.store);
  const events = await run(counting.store, whole.changed);
  const expected = await resultIn(whole.installation, whole.changed);
  const calls = counting.calls();
  await whole.installation.close();
  expect(events).toHaveLength(3);
  expect(calls).toBeGreaterThan(15);

  for (let at = 1; at <= calls; at++) {
    const { installation, changed } = await filledInstallation();
    await expect(run(failingAt(at, installation.store).store, changed)).rejects.toThrow(`killed in call ${at}`);
    expect(await run(installation.store, changed)).toEqual(events);
    expect(await resultIn(installation, changed)).toEqual(expected);
    await installation.close();
  }
});

test('a crash after some of its pages or some of its events', async () => {
  const { installation, changed } = await filledInstallation();
  const { store } = installation;
  const dying: Store = { ...store, putNotification: (made, pages) => store.putNotification(made, cut(pages, 0)) };
  await expect(run(dying, changed)).rejects.toThrow('killed after 0 pages');
  expect(await store.notification(notificationId(changed))).toBeUndefined();
  const some = await run(store, changed, 2);
  const all = await run(store, changed);
  expect(all.slice(0, 2)).toEqual(some);
  expect(all).toHaveLength(3);
  await installation.close();
});

test('two concurrent notifiers create one notification', async () => {
  const { installation, changed } = await filledInstallation();
  const [one, other] = await Promise.all([run(installation.store, changed), run(installation.store, changed)]);
  expect(one).toEqual(other);
  expect((await installation.store.notifications({}, { limit: 10 })).items).toHaveLength(1);
  await installation.close();
});
