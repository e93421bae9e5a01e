import {
  ClarionError,
  type Digest,
  type DomainEvent,
  type EventOf,
  type Notification,
  type Store,
} from '@clarion/model';
import { parseDeadlines } from '@clarion/policy';
import { testEndpoint } from '../../testing/endpoint';
import { digest, fixed, imageWith, installed, open } from '../../testing/images';
import { stateOpenssl } from '../../testing/recorded-updates';
import { matchOptions, openTestInstallation, type TestInstallation } from '../../testing/test-installation';
import { checkDeadlines, type CheckDeadlinesDeps } from './check-deadlines';

const cve = 'CVE-2026-0001';
const at = (day: number, hour = 0): string => new Date(Date.UTC(2026, 2, day, hour)).toISOString();
const image = (seed: number, version = '3.0') => imageWith(seed, [installed('debian:12', `openssl ${version}`)]);
const policy = { rules: parseDeadlines('Low=60d,any=10d'), noticeMillis: 3 * 24 * 3_600_000 };

let installation: TestInstallation;
let store: Store;
beforeEach(async () => {
  installation = await openTestInstallation();
  ({ store } = installation);
  await stateOpenssl(store, at(1), []);
});
afterEach(() => installation.close());

type Check = Partial<CheckDeadlinesDeps> & { readonly published?: DomainEvent[] };

async function check(now: string, { published = [], ...deps }: Check = {}): Promise<readonly DomainEvent[]> {
  const all: CheckDeadlinesDeps = {
    ...{ store, policy, withoutReference: false },
    options: () => matchOptions,
    now: () => new Date(Date.parse(now) + 10 * 60_000),
    ...deps,
  };
  for await (const events of checkDeadlines(all)) published.push(...events);
  return published;
}

/** Each event as `due CVE image`. */
const linesOf = (events: readonly DomainEvent[]): readonly string[] =>
  (events as readonly EventOf<'image.transition'>[])
    .map(
      ({ transition, vulnerability, image: of }) =>
        `${transition} ${vulnerability} ${Number.parseInt(of.slice(-4), 16) - 1000}`,
    )
    .sort();

async function added(seed: number, day: number, of = image(seed)): Promise<Digest> {
  const indexedAt = at(day);
  const manifest = await installation.addImage(of, [`registry.example/app:${seed}`], { indexedAt });
  const { composition } = (await store.image(manifest))!;
  await store.planDeadlineChecks([composition!], indexedAt);
  return manifest;
}

async function notifications(): Promise<readonly Notification[]> {
  return (await store.notifications({}, { limit: 100 })).items;
}

test('a finding becomes due, then overdue, once each', async () => {
  await added(1, 2);
  await check(at(2, 1));
  await stateOpenssl(store, at(3), [fixed(cve, '3.1')]);
  const { composition } = (await store.image(digest(1001)))!;
  await store.planDeadlineChecks([composition!], at(3));
  const found: string[] = [];
  for (let day = 3; day < 16; day += 1) {
    for (const hour of [0, 12]) found.push(...linesOf(await check(at(day, hour))).map((line) => `${day}: ${line}`));
  }
  // Known from the 3rd on: ten days are over on the 13th, three days before that it is due.
  expect(found).toEqual([`10: due ${cve} 1`, `13: overdue ${cve} 1`]);
  const [overdue, due] = await notifications();
  expect(due).toMatchObject({ feed: 'deadlines', vulnerability: cve, before: null, counts: { affected: 0, due: 1 } });
  expect(overdue).toMatchObject({
    counts: { overdue: 1 },
    after: { id: cve, packages: [{ name: 'openssl', fixedIn: '3.1' }] },
  });
  const { items } = await store.affectedImages(due!.id, {}, { limit: 10 });
  expect(items).toMatchObject([
    {
      transition: 'due',
      deadline: at(13),
      references: ['registry.example/app:1'],
      before: [],
      after: [{ version: '3.0' }],
    },
  ]);
});

test('each image has its own time', async () => {
  await stateOpenssl(store, at(2), [open(cve)]);
  await added(1, 1);
  await check(at(2, 1));
  await added(2, 5);
  const found: string[] = [];
  for (let day = 3; day < 18; day += 1) {
    found.push(...linesOf(await check(at(day))).map((line) => `${day}: ${line}`));
  }
  expect(found).toEqual([`9: due ${cve} 1`, `12: due ${cve} 2`, `13: overdue ${cve} 1`, `16: overdue ${cve} 2`]);
});

test('what was fixed in time, or replaced by another state, is nobody’s deadline', async () => {
  await added(1, 1);
  await check(at(1, 1));
  await stateOpenssl(store, at(2), [open(cve)]);
  await stateOpenssl(store, at(5), [{ id: cve, state: 'not_affected' }]);
  for (const day of [9, 12, 15]) expect(await check(at(day))).toEqual([]);
});

describe('a finding that was hidden and came back', () => {
  const asOwn = { ...matchOptions, feeds: matchOptions.feeds.map((feed) => ({ ...feed, own: true as const })) };

  async function checked(options: typeof matchOptions, hidden: readonly [from: string, until: string]) {
    await added(1, 1);
    await check(at(1, 1));
    await stateOpenssl(store, at(2), [open(cve)]);
    const { composition } = (await store.image(digest(1001)))!;
    const changes = [...hidden].map((time, index) => ({ time, said: index === 0 ? [] : [open(cve)] }));
    const found: string[] = [];
    for (let day = 2; day < 20; day += 1) {
      for (const { time, said } of changes.filter((one) => one.time > at(day - 1) && one.time <= at(day))) {
        await stateOpenssl(store, time, said);
        await store.planDeadlineChecks([composition!], time);
      }
      const lines = linesOf(await check(at(day), { options: () => options }));
      found.push(...lines.map((line) => `${day}: ${line}`));
    }
    return found;
  }

  test.each([
    ['by own data: its time runs on', asOwn, [at(5), at(6)], ['9: due', '13: overdue']],
    ['by own data until it was over', asOwn, [at(5), at(15)], ['15: overdue']],
    ['by own data within one window, after it was due', asOwn, [at(9, 10), at(9, 11)], ['9: due', '13: overdue']],
    ['by a feed: its time begins again', matchOptions, [at(5), at(6)], ['13: due', '17: overdue']],
  ] as const)('%s', async (_title, options, hidden, expected) => {
    expect(await checked(options, hidden)).toEqual(expected.map((line) => `${line} ${cve} 1`));
  });
});

test('the first check, and another policy, make nothing overdue that has long been there', async () => {
  await stateOpenssl(store, at(2), [open(cve)]);
  await added(1, 1);
  expect(await check(at(20))).toEqual([]);
  expect(await check(at(21))).toEqual([]);
  const stricter = { ...policy, rules: parseDeadlines('any=1d') };
  expect(await check(at(22), { policy: stricter })).toEqual([]);
  const longer = { ...policy, rules: parseDeadlines('any=25d') };
  expect(linesOf(await check(at(24), { policy: longer }))).toEqual([`due ${cve} 1`]);
});

test('a higher severity makes it overdue at once', async () => {
  await stateOpenssl(store, at(2), [open(cve, { severity: 'Low' })]);
  const manifest = await added(1, 1);
  await check(at(2, 1));
  expect(await check(at(20))).toEqual([]);
  await stateOpenssl(store, at(21), [open(cve, { severity: 'High' })]);
  await store.planDeadlineChecks([(await store.image(manifest))!.composition!], at(21));
  expect(linesOf(await check(at(21, 1)))).toEqual([`overdue ${cve} 1`]);
});

test('images whose tags were moved are left out, unless that is wanted', async () => {
  await stateOpenssl(store, at(2), [open(cve)]);
  await added(1, 1);
  await check(at(2, 1));
  await store.moveTag({ repository: 'registry.example/app', tag: '1' }, digest(7), { at: at(3) });
  expect(await check(at(10))).toEqual([]);
  await store.planDeadlineChecks([(await store.image(digest(1001)))!.composition!], at(10));
  expect(linesOf(await check(at(14), { withoutReference: true }))).toEqual([`overdue ${cve} 1`]);
});

test('endpoints get them once, those of Clair’s dialects never', async () => {
  await store.putEndpoint(testEndpoint('events'));
  await store.putEndpoint(testEndpoint('only-overdue', { filter: { transitions: ['overdue'] } }));
  await store.putEndpoint(testEndpoint('quay', { mode: 'clair-v4' }));
  await stateOpenssl(store, at(2), [open(cve)]);
  await added(1, 1);
  await check(at(2, 1));
  await check(at(10));
  await check(at(10));
  const deliveries = async (endpoint: string) => (await store.deliveries({ endpoint }, { limit: 10 })).items.length;
  expect([await deliveries('events'), await deliveries('only-overdue'), await deliveries('quay')]).toEqual([1, 0, 0]);
  await check(at(14));
  expect([await deliveries('events'), await deliveries('only-overdue'), await deliveries('quay')]).toEqual([2, 1, 0]);
});

describe('killed at any call of the store', () => {
  const methods = ['putNotification', 'addDeliveries', 'putNextCheck', 'putProgress'] as const;
  test.each(methods)('%s: nothing is lost, and nothing is notified twice', async (method) => {
    await store.putEndpoint(testEndpoint('events'));
    await stateOpenssl(store, at(2), [open(cve), open('CVE-2026-0002')]);
    await added(1, 1);
    await added(2, 1, image(2, '2.0'));
    await check(at(2, 1));
    let failing = true;
    const killed = { ...store, [method]: () => (failing ? Promise.reject(new Error('killed')) : undefined) };
    const published: DomainEvent[] = [];
    await expect(check(at(10), { store: killed, published })).rejects.toThrow('killed');
    failing = false;
    const events = new Set([...linesOf(published), ...linesOf(await check(at(11)))]);
    expect([...events].sort()).toEqual(
      ['CVE-2026-0001 1', 'CVE-2026-0001 2', 'CVE-2026-0002 1', 'CVE-2026-0002 2'].map((of) => `due ${of}`),
    );
    const stored = await notifications();
    expect(stored.map(({ vulnerability }) => vulnerability).sort()).toEqual([cve, 'CVE-2026-0002']);
    const { items } = await store.deliveries({ endpoint: 'events' }, { limit: 10 });
    expect(items.map(({ notification }) => notification).sort()).toEqual(stored.map(({ id }) => id).sort());
    expect(await check(at(11, 12))).toEqual([]);
  });
});

test('compositions that are planned again meanwhile are looked at in the next window', async () => {
  await stateOpenssl(store, at(2), [open(cve)]);
  const manifest = await added(1, 1);
  await check(at(2, 1));
  const { composition } = (await store.image(manifest))!;
  const planning: Store = {
    ...store,
    putNotification: async (...given) => {
      await store.planDeadlineChecks([composition!], at(10));
      await store.putNotification(...given);
    },
  };
  expect(await check(at(10), { store: planning })).toHaveLength(1);
  expect(await store.deadlineChecks(at(11), 10)).toHaveLength(1);
  expect(await check(at(11))).toEqual([]);
  expect(linesOf(await check(at(14)))).toEqual([`overdue ${cve} 1`]);
});

test.each(['limit-exceeded', 'corrupt-data'] as const)(
  'an image that cannot be decided about (%s) keeps no other one from it, and is tried again a day later',
  async (code) => {
    await stateOpenssl(store, at(2), [open(cve)]);
    const manifest = await added(1, 1);
    await added(2, 1, image(2, '2.0'));
    await check(at(2, 1));
    const { composition: bad } = (await store.image(manifest))!;
    const warned: string[] = [];
    const log = {
      ...{ debug: () => undefined, info: () => undefined, error: () => undefined },
      warn: (message: string) => void warned.push(message),
    };
    const damaged: Store = {
      ...store,
      compositionFeatures: (id) =>
        id === bad ? Promise.reject(new ClarionError(code, 'no')) : store.compositionFeatures(id),
    };
    expect(linesOf(await check(at(10), { store: damaged, log }))).toEqual([`due ${cve} 2`]);
    expect(warned).toEqual(['Deadlines of an image are unknown']);
    expect(linesOf(await check(at(10, 12)))).toEqual([]);
    expect(linesOf(await check(at(11)))).toEqual([]);
    expect(linesOf(await check(at(13, 1)))).toEqual([`overdue ${cve} 1`, `overdue ${cve} 2`]);
  },
);
