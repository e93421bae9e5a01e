import type { Advisory, AffectedImage, EffectiveImage, NotificationEndpoint, LogFields } from '@clarion/model';
import { notificationId } from './notification-id';
import { everyPage, testEndpoint } from '../testing/endpoint';
import { matchOptions, openTestInstallation, type TestInstallation } from '../testing/test-installation';
import { digest, fixed, imageWith, installed, open, says } from '../testing/images';

const cve = 'CVE-2024-0001';
const debian = 'debian:12';
let installation: TestInstallation;

beforeEach(async () => {
  installation = await openTestInstallation();
});
afterEach(async () => {
  await installation.close();
});

const openssl = (version: string): EffectiveImage => imageWith(1, [installed(debian, `libssl3 ${version} openssl`)]);

async function imagesOf(vulnerability: string, update: string): Promise<readonly AffectedImage[]> {
  const id = notificationId({ update, vulnerability });
  return everyPage((page) => installation.store.affectedImages(id, {}, page), 2);
}

/** The counts of the composition of an image. */
async function countsOf(image: EffectiveImage): Promise<unknown> {
  const { composition = '' } = (await installation.store.image(image.image.manifestDigest!)) ?? {};
  return (await installation.store.counts([composition])).get(composition);
}

/** Notifies of all changes of an update; one line per image. */
async function linesAfter(said: readonly Advisory[], stateChanges = false): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const changed of await installation.update('debian', [says(debian, 'openssl', said)])) {
    const events = await installation.notify(changed, { stateChanges });
    const images = await imagesOf(changed.vulnerability, changed.update);
    expect(events.map((one) => 'image' in one && one.image)).toEqual(images.map(({ image }) => image));
    lines.push(
      ...images.map(({ transition, before, after }) => {
        const [was, is] = [before, after].map((side) =>
          side.map(({ state, fixedIn, severity }) => `${state} ${fixedIn} ${severity}`).join(', '),
        );
        return `${transition}: ${was ?? ''} -> ${is ?? ''}`;
      }),
    );
  }
  return lines;
}

it.each(['semver', 'rpm'])(
  'packages of an own type trigger notifications, whatever their version scheme: %s',
  async (scheme) => {
    const agent = installed('x-acme', 'agent 1.9', { type: 'x-acme' });
    await installation.addImage(imageWith(1, [installed(debian, 'bash 5'), agent]));
    await installation.addImage(imageWith(2, [installed(debian, 'agent 1.9')]));
    const said = says('x-acme', 'agent', [fixed(cve, '1.10.0')], { nameKind: 'either', scheme });
    const [changed] = await installation.update('other', [said]);
    if (changed === undefined) throw new Error('nothing changed');
    await installation.notify(changed);
    expect(await imagesOf(cve, changed.update)).toMatchObject([
      { image: digest(1001), transition: 'affected', after: [{ state: 'fixed', fixedIn: '1.10.0' }] },
    ]);
  },
);

it('uses the public name of the feed, wherever its data comes from', async () => {
  const feeds = [...matchOptions.feeds, { id: 'debian@1', name: 'debian', namespaces: ['*'], refreshMinutes: 60 }];
  await installation.addImage(openssl('3.0'));
  const [changed] = await installation.update('debian@1', [says(debian, 'openssl', [fixed(cve, '3.1')])]);
  if (changed === undefined) throw new Error('nothing changed');
  await installation.notify(changed, { options: () => ({ ...matchOptions, feeds }) });
  expect(await installation.store.notification(notificationId(changed))).toMatchObject({ feed: 'debian' });
});

describe('transitions of one image', () => {
  const medium = { severity: 'Medium' as const };
  const rows: readonly (readonly [string, readonly Advisory[], readonly Advisory[], readonly string[]])[] = [
    ['appears', [], [fixed(cve, '3.1', medium)], ['affected:  -> fixed 3.1 Medium']],
    ['appears, unfixed', [], [open(cve)], ['affected:  -> affected null Unknown']],
    ['appears, fixed in what is installed', [], [fixed(cve, '3.0')], []],
    ['appears, not affected', [], [open(cve, { state: 'not_affected' })], []],
    ['is withdrawn', [open(cve)], [], ['cleared: affected null Unknown -> ']],
    [
      'turns out not to affect',
      [open(cve)],
      [open(cve, { state: 'not_affected' })],
      ['cleared: affected null Unknown -> '],
    ],
    ['gets a fix', [open(cve)], [fixed(cve, '3.1')], ['changed: affected null Unknown -> fixed 3.1 Unknown']],
    ['gets another fix', [fixed(cve, '3.1')], [fixed(cve, '3.2')], ['changed: fixed 3.1 Unknown -> fixed 3.2 Unknown']],
    ['gets a fix that is installed', [open(cve)], [fixed(cve, '3.0')], ['cleared: affected null Unknown -> ']],
    [
      'gets another severity',
      [open(cve, medium)],
      [open(cve, { severity: 'High' })],
      ['changed: affected null Medium -> affected null High'],
    ],
    ['gets another reason', [open(cve)], [open(cve, { reason: 'minor issue' })], []],
    ['gets links', [open(cve)], [open(cve, { links: ['https://example.org'] })], []],
    ['gets an alias', [open(cve)], [open(cve, { aliases: ['GHSA-aaaa-bbbb-cccc'] })], []],
    ['gets another state', [open(cve)], [open(cve, { state: 'will_not_fix' })], []],
    [
      'another flaw changes',
      [open(cve)],
      [open(cve), fixed('CVE-2024-0002', '3.1')],
      ['affected:  -> fixed 3.1 Unknown'],
    ],
    // Two messages, which together describe the change.
    ['gets its CVE', [open('GHSA-aaaa-bbbb-cccc')], [open(cve, { aliases: ['GHSA-aaaa-bbbb-cccc'] })], []],
    [
      'two entries about one flaw go',
      [open(cve, { aliases: ['GHSA-aaaa-bbbb-cccc'] }), open('GHSA-aaaa-bbbb-cccc')],
      [],
      ['cleared: affected null Unknown -> '],
    ],
    [
      'two entries about one flaw come, each naming the other',
      [],
      [open('PYSEC-1', { aliases: ['GHSA-aaaa-bbbb-cccc'] }), open('GHSA-aaaa-bbbb-cccc', { aliases: ['PYSEC-1'] })],
      ['affected:  -> affected null Unknown'],
    ],
  ];

  test.each(rows)('%s', async (_, before, after, expected) => {
    await installation.update('debian', [says(debian, 'openssl', before)]);
    await installation.addImage(openssl('3.0'));
    expect(await linesAfter(after)).toEqual(expected);
  });

  test('a change that affects only the state, if requested', async () => {
    await installation.update('debian', [says(debian, 'openssl', [open(cve)])]);
    await installation.addImage(openssl('3.0'));
    expect(await linesAfter([open(cve, { state: 'will_not_fix' })], true)).toEqual([
      'changed: affected null Unknown -> will_not_fix null Unknown',
    ]);
  });

  test('an advisory that another feed already has triggers no notification', async () => {
    await installation.update('other', [says(debian, 'openssl', [open(cve)])]);
    await installation.addImage(openssl('3.0'));
    expect(await linesAfter([open(cve)])).toEqual([]);
  });

  const ofMachine = (architecture: string): Partial<Advisory> => ({ scope: { architectures: [architecture] } });
  test.each<readonly [string, readonly Advisory[], readonly Advisory[], readonly string[]]>([
    ['come', [], [fixed(cve, '3.1', ofMachine('arm64'))], []],
    ['go', [fixed(cve, '3.1', ofMachine('arm64'))], [], []],
    ['get another fix', [fixed(cve, '3.1', ofMachine('arm64'))], [fixed(cve, '3.2', ofMachine('arm64'))], []],
    [
      'become ones for this architecture',
      [fixed(cve, '3.1', ofMachine('arm64'))],
      [fixed(cve, '3.1', ofMachine('amd64'))],
      ['affected:  -> fixed 3.1 Unknown'],
    ],
    [
      'are all that is left',
      [fixed(cve, '3.1', ofMachine('amd64'))],
      [fixed(cve, '3.1', ofMachine('arm64'))],
      ['cleared: fixed 3.1 Unknown -> '],
    ],
  ])('advisories only for other architectures %s', async (_, before, after, expected) => {
    await installation.update('debian', [says(debian, 'openssl', before)]);
    await installation.addImage(openssl('3.0'));
    expect(await linesAfter(after)).toEqual(expected);
  });
});

describe('notifications', () => {
  test('the whole notification', async () => {
    const text = { feed: 'debian', id: cve, description: 'a flaw', links: ['https://example.org/1'] };
    await installation.update('debian', [says(debian, 'openssl', [open(cve, { severity: 'Low' })])]);
    const image = await installation.addImage(
      imageWith(1, [
        installed(debian, 'openssl 3.0'),
        installed(debian, 'libssl3 3.0 openssl', { architecture: 'arm64' }),
      ]),
    );
    const [changed] = await installation.update(
      'debian',
      [says(debian, 'openssl', [fixed(cve, '3.1', { severity: 'High' })])],
      [text],
    );
    const events = await installation.notify(changed!);
    const id = notificationId(changed!);
    expect(id).toMatch(/^0190163d-8694-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    const libssl3 = { name: 'libssl3', version: '3.0', namespace: debian, architecture: 'arm64' };
    const own = { name: 'openssl', version: '3.0', namespace: debian, architecture: 'amd64' };
    const was = { state: 'affected', severity: 'Low', fixedIn: null };
    const is = { state: 'fixed', severity: 'High', fixedIn: '3.1' };
    expect(await installation.store.notification(id)).toMatchObject({
      id,
      update: changed!.update,
      feed: 'debian',
      vulnerability: cve,
      state: 'created',
      counts: { affected: 0, cleared: 0, changed: 1 },
      namespaces: [debian],
      before: {
        id: cve,
        severity: 'Low',
        packages: [
          { ...libssl3, ...was },
          { ...own, ...was },
        ],
      },
      after: {
        id: cve,
        severity: 'High',
        description: 'a flaw',
        packages: [
          { ...libssl3, ...is },
          { ...own, ...is },
        ],
      },
    });
    const transition = { transition: 'changed', notification: id, image, vulnerability: cve, severity: 'High' };
    expect(events).toEqual([{ kind: 'image.transition', ...transition, reference: 'registry.example/team/app:1' }]);
    expect(await imagesOf(cve, changed!.update)).toEqual([
      {
        image,
        transition: 'changed',
        references: ['registry.example/team/app:1'],
        before: [
          { ...libssl3, ...was },
          { ...own, ...was },
        ],
        after: [
          { ...libssl3, ...is },
          { ...own, ...is },
        ],
      },
    ]);
  });

  test('images of one composition, in pages; those whose tags were all moved are left out', async () => {
    const references = [
      ['app:1', 'app:moved'],
      ['app:2'],
      ['app:moved', 'app:moved-too'],
      [],
      ['app@sha256:5', 'app:moved'],
      ['app:moved'],
    ];
    for (const [index, names] of references.entries()) {
      const image = imageWith(index + 1, [installed(debian, 'openssl 3.0')]);
      // The last one was also submitted without a name.
      const more = index === references.length - 1 ? { byDigest: true as const } : {};
      await installation.addImage(image, names.map((name) => `registry.example/team/${name}`).sort(), more);
    }
    for (const tag of ['moved', 'moved-too']) {
      const name = { repository: 'registry.example/team/app', tag };
      await installation.store.moveTag(name, digest(1003), { at: '2024-01-01T00:00:00Z' });
      await installation.store.moveTag(name, digest(2000), { at: '2024-01-02T00:00:00Z' });
    }
    const [changed] = await installation.update('debian', [says(debian, 'openssl', [open(cve)])]);
    const events = await installation.notify(changed!, { maxBufferedImages: 2 });
    const expected = [1, 2, 4, 5, 6].map((seed) => digest(1000 + seed));
    const notified = await imagesOf(cve, changed!.update);
    expect(notified.map(({ image }) => image)).toEqual(expected);
    expect(notified.map(({ references, formerReferences }) => [references.length, formerReferences])).toEqual([
      [1, ['registry.example/team/app:moved']],
      [1, undefined],
      [0, undefined],
      [1, ['registry.example/team/app:moved']],
      [0, ['registry.example/team/app:moved']],
    ]);
    expect(events).toHaveLength(5);
    expect((await installation.store.notification(notificationId(changed!)))?.counts.affected).toBe(5);
    expect(await installation.notify(changed!, { withoutReference: true })).toHaveLength(5);
  });

  test('images whose tags were all moved are included on request, with their former references', async () => {
    const name = { repository: 'registry.example/team/app', tag: '1' };
    await installation.addImage(openssl('3.0'), ['registry.example/team/app:1']);
    await installation.store.moveTag(name, digest(2000), { at: '2024-01-02T00:00:00Z' });
    const [changed] = await installation.update('debian', [says(debian, 'openssl', [open(cve)])]);
    expect(await installation.notify(changed!, { withoutReference: true })).toMatchObject([{ reference: null }]);
    expect(await imagesOf(cve, changed!.update)).toMatchObject([
      { references: [], formerReferences: ['registry.example/team/app:1'] },
    ]);
  });

  test('counts of compositions are updated, even for images without a notification', async () => {
    const image = openssl('3.0');
    await installation.addImage(image, ['registry.example/team/app:1']);
    const name = { repository: 'registry.example/team/app', tag: '1' };
    await installation.store.moveTag(name, digest(2000), { at: '2024-01-02T00:00:00Z' });
    const [changed] = await installation.update('debian', [says(debian, 'openssl', [open(cve, { severity: 'High' })])]);
    expect(await installation.notify(changed!)).toEqual([]);
    const { summary } = await installation.report(image);
    expect(await countsOf(image)).toEqual({ ...summary, uniqueVulnerabilities: 1 });
    expect(summary.High).toBe(1);
  });

  test('an image that is too large to be matched has no counts, and a warning reports it', async () => {
    const image = openssl('3.0');
    await installation.addImage(image);
    const [changed] = await installation.update('debian', [says(debian, 'openssl', [open(cve, { severity: 'High' })])]);
    const limits = { steps: 1, facts: 1, millis: 1000 };
    const warnings: unknown[] = [];
    const fail = (message: string): never => {
      throw new Error(message);
    };
    const log = {
      debug: fail,
      info: fail,
      error: fail,
      warn: (_: string, fields?: LogFields) => warnings.push(fields),
    };
    const events = await installation.notify(changed!, { options: () => ({ ...matchOptions, limits }), log });
    const { composition } = (await installation.store.image(image.image.manifestDigest!))!;
    expect(events).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ composition, code: 'limit-reached' })]);
    expect(await installation.store.counts([composition!])).toEqual(new Map([[composition, null]]));
  });

  test('deliveries go to the endpoints that accept one of the images', async () => {
    const endpointSettings: Readonly<Record<string, Partial<NotificationEndpoint>>> = {
      all: {},
      severe: { filter: { minSeverity: 'High' } },
      mild: { filter: { minSeverity: 'Medium' } },
      team: { filter: { repositories: ['registry.example/team/*'] } },
      others: { filter: { repositories: ['registry.example/other/*'] } },
      off: { disabled: { reason: 'gone', at: '2026-01-01T00:00:00Z' } },
    };
    for (const [id, settings] of Object.entries(endpointSettings))
      await installation.store.putEndpoint(testEndpoint(id, settings));
    await installation.addImage(openssl('3.0'));
    const [changed] = await installation.update('debian', [
      says(debian, 'openssl', [open(cve, { severity: 'Medium' })]),
    ]);
    await installation.notify(changed!);
    const { items } = await installation.store.deliveries({ notification: notificationId(changed!) }, { limit: 10 });
    expect(items.map(({ endpoint, state }) => `${endpoint} ${state}`)).toEqual([
      'all pending',
      'mild pending',
      'team pending',
    ]);
  });

  test('later updates do not affect the notification of a change', async () => {
    await installation.addImage(openssl('3.0'));
    const [first] = await installation.update('debian', [says(debian, 'openssl', [open(cve)])]);
    const [second] = await installation.update('debian', [says(debian, 'openssl', [fixed(cve, '3.1')])]);
    const [third] = await installation.update('debian', []);
    expect(await installation.notify(first!)).toMatchObject([{ transition: 'affected' }]);
    expect(await installation.notify(second!)).toMatchObject([{ transition: 'changed' }]);
    expect(await installation.notify(third!)).toMatchObject([{ transition: 'cleared' }]);
  });

  test('a message about an unknown change does nothing', async () => {
    const changed = { update: '0190163d-8694-7000-8000-000000000000', vulnerability: cve };
    expect(await installation.notify(changed)).toEqual([]);
    await expect(installation.notify({ ...changed, update: 'x' })).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
