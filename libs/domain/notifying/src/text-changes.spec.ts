import type { EffectiveImage, NotificationEndpoint, VulnerabilityRecord } from '@clarion/model';
import { notificationId } from './notification-id';
import { everyPage, testEndpoint } from '../testing/endpoint';
import { epssThreshold, openTestInstallation, type TestInstallation } from '../testing/test-installation';
import { fixed, imageWith, installed, open, says } from '../testing/images';

// Vulnerability records, which do not depend on packages: NVD, CISA's catalogue, EPSS.

const cve = 'CVE-2024-0001';
const ghsa = 'GHSA-aaaa-bbbb-cccc';
const debian = 'debian:12';
const medium = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L';
const critical = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const exploited = { knownExploited: { dateAdded: '2026-02-28', ransomware: false } };
let installation: TestInstallation;

beforeEach(async () => {
  installation = await openTestInstallation();
});
afterEach(async () => {
  await installation.close();
});

type Text = Omit<VulnerabilityRecord, 'feed'>;
const said = (more: Partial<Text>, id = cve): Text => ({ id, ...more });
const scored = (vector: string, id?: string): Text =>
  said({ cvss: [{ source: 'nvd@nist.gov', vector, primary: true }] }, id);
const epss = (score: number): Text => said({ epss: { score } });

async function countsOf(image: EffectiveImage): Promise<unknown> {
  const { composition = '' } = (await installation.store.image(image.image.manifestDigest!)) ?? {};
  return (await installation.store.counts([composition])).get(composition);
}

/** Notifies of the change of `nvd` from `before` to `after`, one line per image; its counts must match its report. */
async function linesAfter(
  { before, after, threshold }: { before: readonly Text[]; after: readonly Text[]; threshold?: number },
  image = imageWith(1, [installed(debian, 'libssl3 3.0 openssl')]),
): Promise<readonly string[]> {
  await installation.update('nvd', [], before);
  await installation.addImage(image);
  const { composition = '' } = (await installation.store.image(image.image.manifestDigest!)) ?? {};
  await installation.store.putCounts(composition, (await installation.report(image)).summary);
  const lines: string[] = [];
  for (const changed of await installation.update('nvd', [], after)) {
    await installation.notify(changed, { epssThreshold: threshold });
    const id = notificationId(changed);
    const views = await installation.store.notification(id);
    const risk = [views?.before, views?.after].map((view) => (view?.knownExploited == null ? '' : ' exploited'));
    for (const one of await everyPage((page) => installation.store.affectedImages(id, {}, page), 10)) {
      const [was, is] = [one.before, one.after].map((side) => side.map(({ severity }) => severity).join());
      lines.push(`${one.transition}: ${was}${risk[0]} -> ${is}${risk[1]}`);
    }
  }
  expect(await countsOf(image)).toMatchObject((await installation.report(image)).summary);
  return lines;
}

describe('transitions of one image', () => {
  test.each<[string, readonly Text[], readonly Text[], readonly string[]]>([
    ['a severity comes', [], [scored(critical)], ['changed: Unknown -> Critical']],
    ['another severity', [scored(medium)], [scored(critical)], ['changed: Medium -> Critical']],
    ['a severity goes', [scored(medium)], [], ['changed: Medium -> Unknown']],
    ['it is rejected', [scored(medium)], [{ ...scored(medium), rejected: true }], ['changed: Medium -> Unknown']],
    ['other words', [said({ description: 'a' })], [said({ description: 'b', links: ['https://example.org'] })], []],
    ['it is exploited', [], [said(exploited)], ['changed: Unknown -> Unknown exploited']],
    ['it is exploited no more', [said(exploited)], [], ['changed: Unknown exploited -> Unknown']],
    ['a score crosses', [epss(0.1)], [epss(0.6)], ['changed: Unknown -> Unknown']],
    ['a score crosses back', [epss(0.6)], [epss(0.1)], ['changed: Unknown -> Unknown']],
    ['a score below', [epss(0.1)], [epss(0.2)], []],
    ['of another flaw', [], [scored(critical, 'CVE-2024-0002')], []],
    ['under an alias', [scored(medium, ghsa)], [scored(critical, ghsa)], ['changed: Medium -> Critical']],
  ])('%s', async (_, before, after, expected) => {
    await installation.update('debian', [says(debian, 'openssl', [open(cve, { aliases: [ghsa] })])]);
    expect(await linesAfter({ before, after, threshold: epssThreshold })).toEqual(expected);
  });

  test('the vendor provides its own severity', async () => {
    await installation.update('debian', [says(debian, 'openssl', [open(cve, { severity: 'Low' })])]);
    expect(await linesAfter({ before: [scored(medium)], after: [scored(critical)] })).toEqual([]);
  });

  test('no package is affected', async () => {
    await installation.update('debian', [
      says(debian, 'openssl', [fixed(cve, '3.0')]),
      says(debian, 'curl', [open(cve)]),
    ]);
    expect(await linesAfter({ before: [], after: [scored(critical)] })).toEqual([]);
  });

  test('no threshold', async () => {
    await installation.update('debian', [says(debian, 'openssl', [open(cve)])]);
    expect(await linesAfter({ before: [epss(0.1)], after: [epss(0.6)] })).toEqual([]);
  });

  test('the repositories of other packages count', async () => {
    const advisories = [fixed(cve, '6.0'), open(cve, { state: 'not_affected', scope: { origin: 'livepatches' } })];
    await installation.update('other', [says('amzn:2023', 'kernel', advisories, { scheme: 'rpm' })]);
    const kernel = installed('amzn:2023', 'kernel 5.14 kernel', { type: 'rpm' });
    const bash = installed('amzn:2023', 'bash 5.1 bash', { type: 'rpm', repository: 'amazonlinux' });
    // Its repository shows that the advisory about another repository does not apply.
    const lines = await linesAfter({ before: [], after: [scored(critical)] }, imageWith(2, [kernel, bash]));
    expect(lines).toEqual(['changed: Unknown -> Critical']);
  });
});

test('later updates do not affect the notification of a change, and redelivery gives the same events', async () => {
  await installation.update('debian', [says(debian, 'openssl', [open(cve)])]);
  await installation.addImage(imageWith(1, [installed(debian, 'openssl 3.0')]));
  const [first] = await installation.update('nvd', [], [scored(critical)]);
  const [second] = await installation.update('nvd', [], [scored(medium)]);
  const [third] = await installation.update('nvd', [], []);
  const events = await installation.notify(first!);
  expect(events).toMatchObject([{ transition: 'changed', severity: 'Critical' }]);
  expect(await installation.notify(second!)).toMatchObject([{ transition: 'changed', severity: 'Medium' }]);
  expect(await installation.notify(third!)).toMatchObject([{ transition: 'changed', severity: 'Unknown' }]);
  expect(await installation.notify(first!)).toEqual(events);
  expect((await installation.store.notifications({}, { limit: 10 })).items).toHaveLength(3);
});

test('an advisory and a vulnerability record that change in one update are one message', async () => {
  await installation.update('debian', [says(debian, 'openssl', [fixed(cve, '3.1')])], [said({ severity: 'Low' })]);
  await installation.addImage(imageWith(1, [installed(debian, 'openssl 3.0')]));
  const changes = await installation.update(
    'debian',
    [says(debian, 'openssl', [fixed(cve, '3.2')])],
    [said({ severity: 'High' })],
  );
  expect(changes).toHaveLength(1);
  expect(await installation.notify(changes[0]!)).toMatchObject([{ transition: 'changed', severity: 'High' }]);
  expect(await installation.store.notification(notificationId(changes[0]!))).toMatchObject({
    before: { severity: 'Low', packages: [{ fixedIn: '3.1' }] },
    after: { severity: 'High', packages: [{ fixedIn: '3.2' }] },
  });
});

test('exploitation changes are sent to endpoints that ask for them', async () => {
  const filters: Readonly<Record<string, NotificationEndpoint['filter']>> = {
    all: {},
    asked: { exploitationChanges: true },
    'asked-severe': { exploitationChanges: true, minSeverity: 'High' },
    exploited: { knownExploitedOnly: true },
    states: { stateChanges: true },
  };
  for (const [id, filter] of Object.entries(filters))
    await installation.store.putEndpoint(testEndpoint(id, { filter }));
  await installation.update('debian', [says(debian, 'openssl', [open(cve, { severity: 'Medium' })])]);
  await installation.addImage(imageWith(1, [installed(debian, 'openssl 3.0')]));
  const deliveredTo = async (text: Text): Promise<readonly string[]> => {
    const [changed] = await installation.update('nvd', [], [text]);
    await installation.notify(changed!, { epssThreshold });
    const { items } = await installation.store.deliveries({ notification: notificationId(changed!) }, { limit: 10 });
    return items.map(({ endpoint }) => endpoint);
  };
  expect(await deliveredTo(epss(0.6))).toEqual(['asked']);
  expect(await deliveredTo(said({ ...exploited, epss: { score: 0.6 } }))).toEqual(['asked', 'exploited']);
  expect(await deliveredTo(epss(0.6))).toEqual(['asked']);
});
