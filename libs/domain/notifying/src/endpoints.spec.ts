import {
  firstTimeOrderedId,
  type AffectedImage,
  type EndpointFilter,
  type Notification,
  type SendWebhook,
  type VulnerabilityView,
} from '@clarion/model';
import type { EndpointInput } from './endpoint-input';
import { acceptsImage } from './endpoint-filter';
import {
  createEndpoint,
  disableEndpoint,
  removeEndpoint,
  rotateSecret,
  testEndpoint,
  updateEndpoint,
} from './endpoints';
import { matchesGlob } from './glob';
import { firstNotificationId, notificationId, updateMillis } from './notification-id';
import { hasChannel, matchNamespace } from './namespace-match';
import { defaultRetention, forgetOld } from './retention';
import { sealer, secret } from '../testing/endpoint';
import { openTestInstallation, type TestInstallation } from '../testing/test-installation';
import { imageWith, installed, open, says } from '../testing/images';

const input: EndpointInput = {
  url: 'https://receiver.example/hook?token=1',
  mode: 'cloudevents',
  filter: {},
  allowInsecure: false,
  fullBody: false,
};
let installation: TestInstallation;
let time = new Date('2026-03-01T12:00:00.000Z');
const deps = (): Parameters<typeof createEndpoint>[1] => ({ store: installation.store, sealer, now: () => time });

beforeAll(async () => {
  installation = await openTestInstallation();
});
afterAll(async () => {
  await installation.close();
});

describe('endpoints', () => {
  test('a secret is generated, shown once, and stored sealed', async () => {
    const { endpoint, secret: made } = await createEndpoint({ ...input, headers: { 'X-Key': 'k' } }, deps());
    expect(made).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).toMatchObject({ url: input.url, secrets: 1, headers: ['X-Key'], disabled: null });
    expect(JSON.stringify(endpoint)).not.toContain(made);
    const kept = await installation.store.endpoint(endpoint.id);
    expect(JSON.stringify(kept)).not.toContain(made);
    expect(sealer.open(kept!.secrets[0]!.secret)).toBe(made);
  });

  test('secrets overlap for a day, and never more than three', async () => {
    const { endpoint } = await createEndpoint({ ...input, secret }, deps());
    const rotated = await rotateSecret(endpoint.id, {}, deps());
    expect(rotated.endpoint.secrets).toBe(2);
    time = new Date(time.getTime() + 25 * 3_600_000);
    expect((await updateEndpoint(endpoint.id, input, deps())).secrets).toBe(1);
    for (let round = 0; round < 5; round++) await rotateSecret(endpoint.id, { hours: 1 }, deps());
    const kept = await installation.store.endpoint(endpoint.id);
    expect(kept!.secrets).toHaveLength(3);
    expect(kept!.secrets.map(({ expiresAt }) => expiresAt !== undefined)).toEqual([false, true, true]);
    expect((await rotateSecret(endpoint.id, { hours: 0 }, deps())).endpoint.secrets).toBeGreaterThanOrEqual(1);
    await expect(rotateSecret(endpoint.id, { hours: 1e6 }, deps())).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('an update enables, keeps omitted headers, and removes headers when they are set to none', async () => {
    const { endpoint } = await createEndpoint({ ...input, headers: { Authorization: 'Basic x' } }, deps());
    await disableEndpoint(endpoint.id, 'gone', deps());
    expect((await installation.store.endpoint(endpoint.id))?.disabled?.reason).toBe('gone');
    expect(await updateEndpoint(endpoint.id, input, deps())).toMatchObject({
      disabled: null,
      headers: ['Authorization'],
    });
    expect(await updateEndpoint(endpoint.id, { ...input, headers: {} }, deps())).toMatchObject({ headers: [] });
    await removeEndpoint(endpoint.id, deps());
    await expect(removeEndpoint(endpoint.id, deps())).rejects.toMatchObject({ code: 'not-found' });
    await expect(updateEndpoint(endpoint.id, input, deps())).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a test returns its result', async () => {
    const { endpoint } = await createEndpoint(input, deps());
    const send =
      (status: number | null): SendWebhook =>
      (_, message) =>
        Promise.resolve({ status, error: status === null ? 'timeout' : null, answer: message.kind });
    const results = [204, 500, null].map((status) =>
      testEndpoint(endpoint.id, { store: installation.store, send: send(status) }),
    );
    expect((await Promise.all(results)).map(({ delivered }) => delivered)).toEqual([true, false, false]);
  });

  test('a key pair is generated: only its public key is shown, then and later', async () => {
    const { endpoint, secret: shown } = await createEndpoint(
      { ...input, signature: 'v1a', contentMode: 'binary' },
      deps(),
    );
    expect(shown).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).toMatchObject({ publicKeys: [shown], secrets: 1, contentMode: 'binary' });
    const kept = sealer.open((await installation.store.endpoint(endpoint.id))!.secrets[0]!.secret);
    expect(kept).toMatch(/^whsk_/);
    expect(JSON.stringify(endpoint)).not.toContain(kept.slice(5));
    // When it is rotated to a secret, both sign for a day.
    const changed = await updateEndpoint(endpoint.id, { ...input, secret }, deps());
    expect(changed).toMatchObject({ publicKeys: [shown], secrets: 2 });
    expect(changed).not.toHaveProperty('contentMode');
  });

  test('consent and maximum number', async () => {
    const refusing = (): Promise<void> => Promise.reject(new Error('no consent'));
    const asking = { ...input, handshake: true };
    await expect(createEndpoint(asking, { ...deps(), handshake: refusing })).rejects.toThrow('no consent');
    const { endpoint } = await createEndpoint(input, { ...deps(), handshake: refusing });
    await expect(updateEndpoint(endpoint.id, asking, { ...deps(), handshake: refusing })).rejects.toThrow('no consent');
    await expect(createEndpoint(input, { ...deps(), maxEndpoints: 1 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  const refused: readonly (readonly [string, Partial<EndpointInput>])[] = [
    ['no URL', { url: 'receiver' }],
    ['plain http', { url: 'http://receiver.example/' }],
    ['another scheme', { url: 'file:///etc/passwd', allowInsecure: true }],
    ['a password', { url: 'https://u:p@receiver.example/' }],
    ['a fragment', { url: 'https://receiver.example/#x' }],
    ['a long URL', { url: `https://receiver.example/${'x'.repeat(3000)}` }],
    ['a secret of another form', { secret: 'hunter2' }],
    ['an invalid key pair', { secret: 'whsk_AAAA' }],
    ['a short secret', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }],
    ['a header of the connection', { headers: { Host: 'x' } }],
    ['a header of the signature', { headers: { 'Webhook-Id': 'x' } }],
    ['a line break in a header', { headers: { 'x-a': 'x\r\nhost: y' } }],
    ['an invalid header name', { headers: { 'x a': 'x' } }],
    ['many headers', { headers: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`x-${at}`, ''])) }],
    ['no transition', { filter: { transitions: [] } }],
    ['an unknown severity', { filter: { minSeverity: 'Severe' as 'High' } }],
    ['an empty repository', { filter: { repositories: [''] } }],
    ['a repository with a tag', { filter: { repositories: ['registry.example:5000/team/app:1'] } }],
    ['a repository with a digest', { filter: { repositories: ['team/app@sha256:00'] } }],
    ['a namespace in capitals', { filter: { namespaces: ['Debian:12'] } }],
    ['a star inside of a namespace', { filter: { namespaces: ['*:12'] } }],
    ['a repository of Docker Hub without it', { filter: { repositories: ['team/app'] } }],
    ['a namespace without its release', { filter: { namespaces: ['debian'] } }],
  ];
  test.each(refused)('%s is rejected', async (_, more) => {
    await expect(createEndpoint({ ...input, ...more }, deps())).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test.each([
    [{ namespaces: ['debian:*', 'debain:12'] }, 'namespace "debain:12"', '"debian:12"'],
    [{ repositories: ['127.0.0.1:5000/T/a'] }, 'repository "127.0.0.1:5000/T/a"', '"127.0.0.1:5000/t/a"'],
  ])('a filter that can match nothing is rejected with the likely intention: %j', async (filter, named, meant) => {
    const error = {
      code: 'invalid-input',
      message: `The ${named} of the filter can match nothing`,
      remedy: `write it as reports do, for example ${meant}`,
    };
    await expect(createEndpoint({ ...input, filter }, deps())).rejects.toMatchObject(error);
    const { endpoint } = await createEndpoint(input, deps());
    await expect(updateEndpoint(endpoint.id, { ...input, filter }, deps())).rejects.toMatchObject(error);
  });
});

describe('filters', () => {
  const notification = { before: null, after: null } as Notification;
  const of = (
    severity: 'High' | 'Low',
    fixedIn: string | null,
    namespace = 'debian:12',
  ): AffectedImage['after'][number] => ({
    name: 'a',
    version: '1',
    namespace,
    architecture: null,
    state: 'affected',
    severity,
    fixedIn,
  });
  const image: AffectedImage = {
    image: `sha256:${'0'.repeat(64)}`,
    references: ['registry.example:5000/team/app:1'],
    transition: 'changed',
    before: [of('Low', null), of('High', null, 'alpine:v3.20')],
    after: [of('Low', '2'), of('High', null, 'alpine:v3.20')],
  };
  const rows: readonly (readonly [EndpointFilter, boolean])[] = [
    [{}, true],
    [{ minSeverity: 'High' }, true],
    [{ minSeverity: 'Critical' }, false],
    [{ fixableOnly: true }, true],
    // One package is severe, another one can be fixed, but no package is both.
    [{ fixableOnly: true, minSeverity: 'High' }, false],
    [{ namespaces: ['debian:*'] }, true],
    [{ namespaces: ['debian:12'], minSeverity: 'High' }, false],
    [{ namespaces: ['rhel:9'] }, false],
    [{ transitions: ['affected', 'cleared'] }, false],
    [{ transitions: ['changed'] }, true],
    [{ repositories: ['registry.example:5000/team/*'] }, true],
    [{ repositories: ['registry.example:5000/team'] }, false],
    [{ repositories: ['*/app'] }, true],
    [{ knownExploitedOnly: true }, false],
  ];
  test.each(rows)('%j: %s', (filter, expected) => {
    expect(acceptsImage(filter, image, notification)).toBe(expected);
  });

  test('a change that affects only the state is for endpoints that ask for it', () => {
    const changed = { ...image, after: image.before.map((one) => ({ ...one, state: 'will_not_fix' as const })) };
    expect(acceptsImage({}, changed, notification)).toBe(false);
    expect(acceptsImage({ stateChanges: true }, changed, notification)).toBe(true);
  });

  test.each<[string, EndpointFilter, boolean, boolean]>([
    ['nothing said', {}, false, false],
    ['asked for', { exploitationChanges: true }, true, true],
    ['only what is exploited', { knownExploitedOnly: true }, true, false],
    ['only states', { stateChanges: true }, false, false],
    ['only what is exploited and severe', { knownExploitedOnly: true, minSeverity: 'Critical' }, false, false],
  ])('a change that affects only exploitation, %s: entering %s, leaving %s', (_, filter, entering, leaving) => {
    const [known, unknown] = [{ knownExploited: {} }, { knownExploited: null }] as VulnerabilityView[];
    const same = { ...image, after: image.before };
    expect(acceptsImage(filter, same, { ...notification, before: unknown!, after: known! })).toBe(entering);
    expect(acceptsImage(filter, same, { ...notification, before: known!, after: unknown! })).toBe(leaving);
  });

  test('the current state counts; for cleared images, the previous state', () => {
    const was = { ...image, before: [of('High', '1')], after: [of('Low', '1')] };
    const is = { ...image, before: [of('Low', '1')], after: [of('High', '1')] };
    const cleared = { ...image, transition: 'cleared' as const, before: [of('High', '1')], after: [] };
    expect([was, is, cleared].map((one) => acceptsImage({ minSeverity: 'High' }, one, notification))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test.each([
    ['', '', true],
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abbd', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['a.c', 'abc', false],
    ['a*', 'a/b/c', true],
    ['**a', 'ba', true],
  ])('glob %j matches %j: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  // In exponential time this would never end.
  test('a glob with many stars ends', () => {
    expect(matchesGlob('*a'.repeat(200), 'a'.repeat(10_000) + 'b')).toBe(false);
  });
});

describe('how the advisories of a namespace apply', () => {
  test.each([
    ['debian:12', 'debian:12', 'own'],
    ['debian:11', 'debian:12', 'channel'],
    ['debian:12', 'rhel:9', 'none'],
    ['rhel:9', 'centos:9', 'own'],
    ['rhel:any', 'rhel:9', 'own'],
    ['sles:15.5', 'opensuse-leap:15.5', 'own'],
    ['alpine:any', 'alpine:v3.20', 'own'],
    ['alpine:edge', 'alpine:v3.20', 'channel'],
    ['debian:12', null, 'none'],
  ])('of %s to packages of %s: %s', (changed, namespace, expected) => {
    expect(matchNamespace(changed, { namespace })).toBe(expected);
  });

  test('a channel counts if it is enabled', async () => {
    const edge = { id: 'alpine:edge', packageType: 'apk' as const, path: 'etc/apk/repositories', layer: 'sha256:0' };
    expect([hasChannel('alpine:edge', { channels: [edge] }), hasChannel('alpine:edge', { channels: [] })]).toEqual([
      true,
      false,
    ]);
    const packages = [installed('alpine:v3.20', 'bash 1.0-r0')];
    const image = await installation.addImage(imageWith(1, packages, { channels: [edge] }));
    await installation.addImage(imageWith(2, packages));
    const [changed] = await installation.update('alpine', [says('alpine:edge', 'bash', [open('CVE-2024-0009')])]);
    expect((await installation.notify(changed!)).map((event) => 'image' in event && event.image)).toEqual([image]);
  });
});

test('ids sort by the times of updates, and old notifications are removed', async () => {
  const at = new Date('2026-03-01T12:00:00.000Z');
  const update = firstTimeOrderedId(at).replace(/0{12}$/, '000000000001');
  const id = notificationId({ update, vulnerability: 'CVE-1' });
  expect(updateMillis(id)).toBe(at.getTime());
  expect(id >= firstNotificationId(at)).toBe(true);
  expect(id < firstNotificationId(new Date(at.getTime() + 1))).toBe(true);
  expect(notificationId({ update, vulnerability: 'CVE-1' })).toBe(id);
  expect(notificationId({ update, vulnerability: 'CVE-2' })).not.toBe(id);

  const { items } = await installation.store.notifications({}, { limit: 10 });
  expect(items).not.toHaveLength(0);
  const times = {
    acknowledgedMillis: 1000,
    notificationMillis: 1000,
    deadMillis: 1000,
    historyMillis: 1000,
    unusedMillis: 1000,
  };
  const keep = { store: installation.store, owner: 'a', ...times };
  const later = (millis: number) => () => new Date(updateMillis(items[0]!.id) + millis);
  expect(await forgetOld({ ...keep, now: later(500) })).toBe(true);
  expect((await installation.store.notifications({}, { limit: 10 })).items).toHaveLength(items.length);
  await installation.store.lease('retention', 'b', {
    now: later(0)().toISOString(),
    until: later(5000)().toISOString(),
  });
  expect(await forgetOld({ ...keep, now: later(2000) })).toBe(false);
  await installation.store.endLease('retention', 'b');
  expect(await forgetOld({ ...keep, now: later(2000) })).toBe(true);
  expect((await installation.store.notifications({}, { limit: 10 })).items).toHaveLength(0);
});

// eslint-disable-next-line @typescript-eslint/require-await -- there are no pages
async function* none(): AsyncGenerator<never> {
  yield* [];
}

test('each state has its retention, and dead letters have that of dead notifications', async () => {
  const { store } = installation;
  const day = 24 * 3_600_000;
  const at = Date.parse('2026-03-01T12:00:00.000Z');
  const made = (days: number): string => firstNotificationId(new Date(at - days * day));
  const { items } = await store.notifications({}, { limit: 1 });
  const states = ['acknowledged', 'delivered', 'delivering', 'created', 'dead'] as const;
  const ids = new Map<string, string>();
  for (const [number, state] of states.entries()) {
    for (const days of [2, 20, 40]) {
      const id = made(days).replace(/.$/, String(number));
      await store.putNotification({ ...items[0]!, id, state }, none());
      ids.set(id, `${state} ${days}`);
    }
  }
  const event = { kind: 'work.feed', feed: 'nvd', request: '1' } as const;
  for (const days of [20, 40]) {
    const letter = { event, at: new Date(at - days * day).toISOString(), deliveries: 1, message: 'no' };
    await store.putDeadLetter({ ...letter, id: `after ${days}`, code: 'internal' });
  }
  const now = () => new Date(at);
  await forgetOld({ store, now, owner: 'a', ...defaultRetention });
  const left = await store.notifications({}, { limit: 100 });
  expect(left.items.flatMap(({ id }) => ids.get(id) ?? []).sort()).toEqual(
    ['created 2', 'dead 2', 'dead 20', 'delivered 2', 'delivering 2'].sort(),
  );
  expect((await store.deadLetters({ limit: 5 })).items.map(({ id }) => id)).toEqual(['after 20']);
});

test('data that no submitted image needs is removed after it was unused for long, under the same lease', async () => {
  const { store } = installation;
  const digest = (seed: number): string => `sha256:${String(seed).padStart(64, 'e')}`;
  const none: readonly string[] = [];
  const lists = { whiteouts: none, opaques: none, files: none, obstacles: none, directories: none };
  const structure = { ...lists, symlinks: [], hardlinks: [] };
  const layer = { blobs: none, size: 1, entries: 1, structure, detections: [], problems: [] };
  await store.putLayer({ ...layer, diffId: digest(1) });
  const images = await store.images({ by: 'all' }, { limit: 100 });
  const feeds = await store.feedStates();
  expect(images.items.length * feeds.length).toBeGreaterThan(0);
  const days = (count: number) => () => new Date(Date.now() + count * 24 * 3_600_000);
  await forgetOld({ ...{ store, owner: 'a', ...defaultRetention }, now: days(29) });
  expect(await store.layer(digest(1), [])).toBeDefined();
  await forgetOld({ ...{ store, owner: 'a', ...defaultRetention, unusedMillis: 0 }, now: days(1000) });
  expect(await store.layer(digest(1), [])).toBeUndefined();
  // Submitted images and feeds do not expire.
  expect(await store.images({ by: 'all' }, { limit: 100 })).toEqual(images);
  expect(await store.feedStates()).toEqual(feeds);
});
