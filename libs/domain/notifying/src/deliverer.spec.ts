import { slowly, until } from '@clarion/test-kit';
import type {
  AffectedImage,
  NotificationDelivery,
  NotificationEndpoint,
  Log,
  Notification,
  SendWebhook,
  WebhookAnswer,
} from '@clarion/model';
import { createDeliverer, type WebhookDeliverer, type DelivererDeps } from './deliverer';
import type { DeliveryReport } from './deliver';
import { acknowledgeNotification, replayEndpoint, replayNotification } from './replay';
import { updateEndpoint } from './endpoints';
import { deliveriesOf } from './plan-deliveries';
import { sealer, testEndpoint } from '../testing/endpoint';
import { openTestInstallation, type TestInstallation } from '../testing/test-installation';
import { digest } from '../testing/images';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const settings = {
  delays: [0, 20, 20],
  poll: 20,
  probe: 60,
  throttle: 50,
  attempt: 1000,
  breakerFailures: 4,
  jitter: 0,
};
const ok: WebhookAnswer = { status: 200, error: null, answer: 'thanks' };
const failed: WebhookAnswer = { status: 500, error: null, answer: 'no' };
const now = (): Date => new Date();

let installation: TestInstallation;
let running: { readonly stop: AbortController; readonly ended: Promise<void> }[] = [];

beforeEach(async () => {
  installation = await openTestInstallation();
});
afterEach(async () => {
  for (const { stop } of running) stop.abort();
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
  await installation.close();
});

function idOf(seed: number): string {
  return `0190163d-8694-8000-8000-${String(seed).padStart(12, '0')}`;
}

const affected: AffectedImage = {
  image: digest(1),
  references: ['registry.example/team/app:1'],
  transition: 'affected',
  before: [],
  after: [
    {
      name: 'a',
      version: '1',
      namespace: 'debian:12',
      architecture: null,
      state: 'affected',
      severity: 'High',
      fixedIn: null,
    },
  ],
};

async function* one<T>(item: T): AsyncGenerator<readonly T[]> {
  yield await Promise.resolve([item]);
}

async function notificationIsThere(seed: number): Promise<Notification> {
  const notification: Notification = {
    id: idOf(seed),
    update: 'u',
    feed: 'debian',
    vulnerability: 'CVE-2024-0001',
    createdAt: now().toISOString(),
    state: 'created',
    before: null,
    after: null,
    counts: { affected: 1, cleared: 0, changed: 0 },
    namespaces: ['debian:12'],
  };
  await installation.store.putNotification(notification, one(affected));
  for await (const deliveries of deliveriesOf(notification, { store: installation.store, now })) {
    await installation.store.addDeliveries(deliveries);
  }
  return notification;
}

/** Starts a delivery loop that is stopped after the test. */
function start(send: SendWebhook, more: Partial<DelivererDeps> = {}): WebhookDeliverer {
  const deliverer = createDeliverer({ store: installation.store, send, now, log: quiet, settings, ...more });
  const stop = new AbortController();
  running.push({ stop, ended: deliverer.run(stop.signal) });
  return deliverer;
}

async function wayOf(seed: number, endpoint: string): Promise<NotificationDelivery | undefined> {
  const { items } = await installation.store.deliveries({ notification: idOf(seed) }, { limit: 100 });
  return items.find((delivery) => delivery.endpoint === endpoint);
}

const isDisabled = async (endpoint: string): Promise<boolean> =>
  (await installation.store.endpoint(endpoint))?.disabled !== undefined;

const isDelivered = async (seed: number, endpoint: string): Promise<boolean> =>
  (await wayOf(seed, endpoint))?.state === 'delivered';

/** Returns the answers in turn, repeating the last one, and records the called endpoints. */
function answering(...answers: readonly WebhookAnswer[]): SendWebhook & { readonly calls: string[] } {
  const calls: string[] = [];
  const send = (endpoint: NotificationEndpoint): Promise<WebhookAnswer> => {
    calls.push(endpoint.id);
    return Promise.resolve(answers[Math.min(calls.length, answers.length) - 1] ?? ok);
  };
  return Object.assign(send, { calls });
}

describe('createDeliverer', () => {
  test('delivers, and updates the state of the notification', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    const reports: DeliveryReport[] = [];
    const send = answering(ok);
    start(send, { onAttempt: (report) => reports.push(report) });
    await notificationIsThere(1);
    await until('it is delivered', async () => (await installation.store.notification(idOf(1)))?.state === 'delivered');
    expect(await wayOf(1, 'a')).toMatchObject({
      state: 'delivered',
      attempts: 1,
      log: [{ status: 200, error: null, answer: 'thanks' }],
    });
    expect(reports).toMatchObject([{ result: 'ok' }]);
    expect(reports[0]?.latencyMillis).toBeGreaterThan(0);
    expect(send.calls).toEqual(['a']);
  });

  test('retries, gives up after the last attempt, and disables the endpoint', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    const calls: string[] = [];
    start(({ id }) => {
      calls.push(id);
      return Promise.resolve(id === 'a' ? failed : ok);
    });
    await until('it is disabled', () => isDisabled('a'));
    expect(await wayOf(1, 'a')).toMatchObject({ state: 'dead', attempts: 3 });
    expect((await installation.store.notification(idOf(1)))?.state).toBe('dead');
    await installation.store.putEndpoint(testEndpoint('b'));
    await notificationIsThere(2);
    await until('the other one has it', () => isDelivered(2, 'b'));
    await until('nothing is to be sent', async () => (await installation.store.nextDelivery()) === undefined);
    expect(calls).toEqual(['a', 'a', 'a', 'b']);
  });

  test('410 disables the endpoint at once', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    const send = answering({ ...failed, status: 410 });
    start(send);
    await until('it is disabled', () => isDisabled('a'));
    expect(send.calls).toHaveLength(1);
  });

  test('a slow endpoint does not delay others', async () => {
    for (const id of ['slow', 'quick']) await installation.store.putEndpoint(testEndpoint(id));
    for (let seed = 1; seed <= 20; seed++) await notificationIsThere(seed);
    let slow = 0;
    start((endpoint, _, signal) => {
      if (endpoint.id === 'quick') return Promise.resolve(ok);
      slow += 1;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    });
    await until(
      'all are delivered',
      async () =>
        (await installation.store.deliveries({ endpoint: 'quick', state: 'delivered' }, { limit: 100 })).items
          .length === 20,
    );
    expect(slow).toBe(4);
    await until('it took too long', async () => (await wayOf(1, 'slow'))?.log[0]?.error === 'timeout');
  });

  test('a failing receiver is probed one attempt at a time, and recovers', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    for (let seed = 1; seed <= 12; seed++) await notificationIsThere(seed);
    const times: number[] = [];
    let isUp = false;
    start(
      () => {
        times.push(Date.now());
        return Promise.resolve(isUp ? ok : failed);
      },
      { settings: { ...settings, delays: [0, ...Array<number>(50).fill(0)] } },
    );
    await until('it was probed', () => times.length >= 10);
    // Four failures, and the attempts that were running at the fourth failure.
    const probes = times.slice(7, 10);
    for (const [at, time] of probes.entries())
      if (at > 0) expect(time - (probes[at - 1] ?? 0)).toBeGreaterThanOrEqual(55);
    isUp = true;
    await until(
      'all are delivered',
      async () =>
        (await installation.store.deliveries({ endpoint: 'a', state: 'delivered' }, { limit: 100 })).items.length ===
        12,
    );
  });

  test('an overloaded receiver gets no deliveries for as long as it requests', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    const times: number[] = [];
    start(() => {
      times.push(Date.now());
      return Promise.resolve(times.length === 1 ? { ...failed, status: 429, retryAfter: '1' } : ok);
    });
    await until('it was tried', () => times.length === 1);
    await notificationIsThere(2);
    await until('both are delivered', async () => (await isDelivered(1, 'a')) && (await isDelivered(2, 'a')));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('loops on the same store never make the same attempt', async () => {
    for (const id of ['a', 'b', 'c']) await installation.store.putEndpoint(testEndpoint(id));
    const attempts = new Map<string, number>();
    const send: SendWebhook = async (endpoint, message) => {
      const key = message.kind === 'notification' ? `${message.notification.id} ${endpoint.id}` : 'test';
      attempts.set(key, (attempts.get(key) ?? 0) + 1);
      await slowly(5);
      return ok;
    };
    const loops = [start(send), start(send), start(send)];
    for (let seed = 1; seed <= 30; seed++) {
      await notificationIsThere(seed);
      for (const loop of loops) loop.wake();
    }
    await until('all is sent', async () => (await installation.store.nextDelivery()) === undefined);
    expect(attempts.size).toBe(90);
    expect([...new Set(attempts.values())]).toEqual([1]);
  });

  test('a delivery of a dead process is retried when its claim expires', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    const claimed = await installation.store.claimDeliveries('a', {
      now: now().toISOString(),
      until: new Date(Date.now() + 150).toISOString(),
      limit: 4,
    });
    expect(claimed).toHaveLength(1);
    const begun = Date.now();
    start(answering(ok));
    await until('it is delivered', () => isDelivered(1, 'a'));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(140);
  });

  test('an acknowledged notification is not sent', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    await acknowledgeNotification(idOf(1), installation);
    const send = answering(ok);
    start(send);
    await until('it is delivered', () => isDelivered(1, 'a'));
    expect(send.calls).toEqual([]);
    expect((await installation.store.notification(idOf(1)))?.state).toBe('acknowledged');
  });

  test('the message contains the images that the filter accepts, unless there are too many', async () => {
    await installation.store.putEndpoint(testEndpoint('all'));
    const seen: unknown[] = [];
    await notificationIsThere(1);
    start(async (_endpoint, message) => {
      if (message.kind === 'notification') seen.push(await message.images(1), await message.images(0));
      return ok;
    });
    await until('it is delivered', () => isDelivered(1, 'all'));
    expect(seen).toEqual([[affected], undefined]);
  });
});

describe('replay', () => {
  test('of a notification: to all endpoints that accept it now, under its id', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    const send = answering(ok);
    start(send);
    await until('it is delivered', () => isDelivered(1, 'a'));
    await installation.store.putEndpoint(testEndpoint('late'));
    expect(await replayNotification(idOf(1), { store: installation.store, now })).toBe(2);
    await until('it is sent again', () => send.calls.length === 3);
    expect([...send.calls].sort()).toEqual(['a', 'a', 'late']);
    await expect(replayNotification('x', { store: installation.store, now })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('of dead deliveries, once the endpoint is enabled again', async () => {
    await installation.store.putEndpoint(testEndpoint('a'));
    await notificationIsThere(1);
    const send = answering(failed, failed, failed, ok);
    start(send);
    await until('it is disabled', () => isDisabled('a'));
    const deps = { store: installation.store, now };
    await expect(replayEndpoint('a', { deadOnly: true }, deps)).rejects.toMatchObject({ code: 'switched-off' });
    const { url, mode, filter } = testEndpoint('a');
    await updateEndpoint('a', { url, mode, filter, allowInsecure: false, fullBody: false }, { ...deps, sealer });
    expect(await replayEndpoint('a', { since: '2999-01-01T00:00:00Z' }, deps)).toBe(0);
    expect(await replayEndpoint('a', { deadOnly: true }, deps)).toBe(1);
    await until('it is delivered', () => isDelivered(1, 'a'));
    expect(await replayEndpoint('a', { deadOnly: true }, deps)).toBe(0);
    await expect(replayEndpoint('a', { since: 'yesterday' }, deps)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
