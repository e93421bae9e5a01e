import { feedSources } from '@clarion/feed-sources';
import type { Advisory, Digest, Report } from '@clarion/model';
import {
  archiveOf,
  debianImage,
  openssl,
  reportText,
  startInstallation,
  type TestInstallation,
} from '../../testing/installation';
import type { ReportRequest } from '../isolated-reports';
import { reportContent } from '../rendered-report';
import { recordDebian } from '../../testing/recorded-debian';

const repository = 'registry.example/team/app';
const [old, upgraded] = [debianImage(['openssl=3.0.11-1'], 'one'), debianImage(['openssl=3.0.14-1', 'zlib=1'], 'two')];
const minutes = (number: number): string => new Date(Date.now() - (60 - number) * 60_000).toISOString();
const [t0, t1, t2, t3] = [0, 10, 20, 30].map(minutes) as [string, string, string, string];
const affected = (id: string): Advisory => ({ id, state: 'affected', severity: 'High' });

describe('what was known when', () => {
  let here: TestInstallation;
  beforeAll(async () => {
    here = await startInstallation({ feeds: feedSources.filter(({ id }) => id === 'debian-security-tracker') });
    await recordDebian(here.store, t1, { openssl: [affected('CVE-2023-5678')] });
    await recordDebian(here.store, t2, { openssl: [openssl('3.0.13-1')], zlib: [affected('CVE-2024-0001')] });
    await recordDebian(here.store, t3, { openssl: [openssl('3.0.13-1'), affected('CVE-2024-0002')], zlib: [] });
    for (const image of [old, upgraded]) {
      await here.useCases.images.upload(archiveOf(image), { reference: `${repository}:1` });
    }
  }, 60_000);
  afterAll(() => here.close());

  const reportAt = async (digest: Digest, at?: string): Promise<Report> =>
    JSON.parse(await reportText(await here.useCases.images.report(digest, at === undefined ? {} : { at }))) as Report;
  const lines = ({ findings }: Report): readonly string[] => findings.map(({ id, state }) => `${id} ${state}`);

  test('a report at a time is that of the feeds then; the answer says how far back it is valid', async () => {
    expect(lines(await reportAt(old.manifestDigest, t1))).toEqual(['CVE-2023-5678 affected']);
    expect(lines(await reportAt(old.manifestDigest, t2))).toEqual(['CVE-2023-5678 fixed']);
    expect(lines(await reportAt(old.manifestDigest))).toEqual(['CVE-2024-0002 affected', 'CVE-2023-5678 fixed']);
    const { history } = await here.useCases.images.report(old.manifestDigest, { at: t1 });
    const { indexedAt } = await here.useCases.images.get(old.manifestDigest);
    expect(history).toEqual({ knownSince: indexedAt, historyFrom: null });
    expect((await here.useCases.images.report(old.manifestDigest)).history).toBeUndefined();
  });

  test('a report of now and one of the same facts have the same tag', async () => {
    const { useCases } = here;
    const at = new Date().toISOString();
    const [now, then] = [
      await useCases.images.report(old.manifestDigest),
      await useCases.images.report(old.manifestDigest, { at }),
    ];
    expect(then.tag).toBe(now.tag);
    expect((await useCases.images.report(old.manifestDigest, { at: t1 })).tag).not.toBe(now.tag);
  });

  test('a time before the feeds were loaded is no clean result', async () => {
    await expect(reportAt(old.manifestDigest, t0)).rejects.toMatchObject({
      code: 'no-data',
      remedy: `ask for a time from ${t1} on`,
    });
    const future = new Date(Date.now() + 600_000).toISOString();
    await expect(reportAt(old.manifestDigest, future)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('the time line of an image, page by page', async () => {
    const { history } = here.useCases;
    const digest = old.manifestDigest;
    const whole = await history.imageTimeline(digest, {}, { limit: 100 });
    expect(whole).toMatchObject({ from: t1, historyFrom: null });
    expect(whole.steps?.map(({ at, added, changed }) => [at, added.High, changed])).toEqual([
      [t2, 0, 1],
      [t3, 1, 0],
    ]);
    expect(
      whole.items.map(({ id, from, until, firstKnown, fixKnown }) => [id, from, until, firstKnown, fixKnown]),
    ).toEqual([
      ['CVE-2023-5678', t1, null, whole.indexedAt, whole.indexedAt],
      ['CVE-2024-0002', t3, null, whole.indexedAt, null],
    ]);
    const first = await history.imageTimeline(digest, {}, { limit: 1 });
    expect(first.items).toEqual(whole.items.slice(0, 1));
    const { steps, items } = await history.imageTimeline(digest, {}, { limit: 1, after: first.next ?? '' });
    expect([steps, items]).toEqual([undefined, whole.items.slice(1)]);
    const part = await history.imageTimeline(digest, { from: t1, to: t2 }, { limit: 100 });
    expect(part.items.map(({ id }) => id)).toEqual(['CVE-2023-5678']);
    await expect(history.imageTimeline(digest, { from: t2, to: t1 }, { limit: 1 })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  test('the time line of a tag: its images with their difference, newest first', async () => {
    const { items, ...rest } = await here.useCases.history.tagTimeline({ repository, tag: '1' }, { limit: 10 });
    const { indexedAt } = await here.useCases.images.get(upgraded.manifestDigest);
    expect(rest).toEqual({ repository, tag: '1', knownSince: indexedAt, historyFrom: null });
    expect(items.map(({ missing, incomplete }) => [missing, incomplete])).toEqual([
      [null, []],
      [null, []],
    ]);
    expect(
      items.map(({ digest, until, difference }) => [
        digest,
        until === null,
        difference?.gone.Medium,
        difference?.added.High,
      ]),
    ).toEqual([
      [upgraded.manifestDigest, true, 1, 0],
      [old.manifestDigest, false, undefined, undefined],
    ]);
    const [newest] = (await here.useCases.history.tagTimeline({ repository, tag: '1' }, { limit: 1 })).items;
    expect(newest).toEqual(items[0]);
    await expect(here.useCases.history.tagTimeline({ repository, tag: '2' }, { limit: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('what feeds said of a vulnerability', async () => {
    const { items, ...rest } = await here.useCases.history.vulnerabilityTimeline('CVE-2024-0001', { limit: 10 });
    const by = { feed: 'debian-security-tracker', id: 'CVE-2024-0001', since: t2, by: 'update', until: t3 };
    expect(rest).toMatchObject({
      ...{ id: 'CVE-2024-0001', ids: ['CVE-2024-0001'], knownSince: t1, historyFrom: null, neverLoaded: [] },
      since: [by],
    });
    const loaded = await here.useCases.history.vulnerabilityTimeline('CVE-2023-5678', { limit: 10 });
    expect(loaded.since).toMatchObject([{ since: t1, by: 'loaded', until: null }]);
    await expect(here.useCases.history.vulnerabilityTimeline('CVE-2024-9999', { limit: 10 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(items).toMatchObject([
      { at: t3, feed: 'debian-security-tracker', kind: 'advisories', package: 'zlib', after: [] },
      { at: t2, feed: 'debian-security-tracker', kind: 'advisories', package: 'zlib', before: [] },
    ]);
    const first = await here.useCases.history.vulnerabilityTimeline('CVE-2024-0001', { limit: 1 });
    const second = await here.useCases.history.vulnerabilityTimeline('CVE-2024-0001', {
      limit: 1,
      after: first.next ?? '',
    });
    expect([...first.items, ...second.items, second.next]).toEqual([...items, undefined]);
  });

  test('two images, and one image at two times, are compared', async () => {
    const { history } = here.useCases;
    const shown = async (a: string, b: string): Promise<readonly string[]> => {
      const { items } = await history.compare({ a, b }, { limit: 10 });
      return items.map(({ change, cause, finding: { id } }) => `${change} ${cause ?? '-'} ${id}`);
    };
    expect(await shown(old.manifestDigest, `${repository}:1`)).toEqual([
      'changed package CVE-2024-0002',
      'gone package CVE-2023-5678',
    ]);
    expect(await shown(`${old.manifestDigest}@${t1}`, old.manifestDigest)).toEqual([
      'added data CVE-2024-0002',
      'changed data CVE-2023-5678',
    ]);
    const { summary, items } = await history.compare(
      { a: old.manifestDigest, b: upgraded.manifestDigest, base: old.manifestDigest, change: 'gone' },
      { limit: 10 },
    );
    expect([summary.gone.Medium, summary.changed.High, items.length, items[0]?.place]).toEqual([1, 1, 1, 'base']);
    await expect(shown(`${repository}:1@${t1}`, old.manifestDigest)).rejects.toMatchObject({ code: 'not-found' });
    await expect(shown('registry.example/x:1', old.manifestDigest)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a side of a comparison says what its report says of itself', async () => {
    const { history, images } = here.useCases;
    const digest = old.manifestDigest;
    const compared = await history.compare({ a: `${digest}@${t1}`, b: upgraded.manifestDigest }, { limit: 1 });
    const { indexedAt, incomplete } = await images.get(digest);
    const { image, coverage } = await reportAt(digest, t1);
    expect(compared.a).toEqual({
      ...{ reference: digest, digest, platform: image.platform, complete: coverage.complete, incomplete, at: t1 },
      ...{ knownSince: indexedAt, baseLayers: 1 },
    });
    expect(compared.b).toMatchObject({ at: null, complete: true, incomplete: [] });
  });

  test('the revisions of a feed name those of reports', async () => {
    const page = await here.useCases.history.revisions('debian-security-tracker', { limit: 2 });
    expect(page.items.map(({ at, changes, first }) => [at, changes, first])).toEqual([
      [t3, 3, false],
      [t2, 3, false],
    ]);
    const { coverage } = await reportAt(old.manifestDigest, t2);
    expect(page.items[1]?.revision).toBe(coverage.feeds[0]?.revision);
    const rest = await here.useCases.history.revisions('debian-security-tracker', { limit: 2, after: page.next ?? '' });
    expect(rest.items.map(({ at, first }) => [at, first])).toEqual([[t1, true]]);
    await expect(here.useCases.history.revisions('none', { limit: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('another process makes the same for large images', async () => {
    const { dependencies, useCases } = here;
    const deps = { ...dependencies, now: () => new Date(), maxFeedAgeMinutes: 10_080 };
    const made = async (part: ReportRequest['part']): Promise<unknown> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of reportContent({ digest: old.manifestDigest, part }, deps)) chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    };
    expect(await made({ format: 'json', at: t1 })).toEqual(await reportAt(old.manifestDigest, t1));
    const { items, steps, to } = await useCases.history.imageTimeline(old.manifestDigest, {}, { limit: 1 });
    const timeline = { earliest: t1, from: t1, to, page: { at: 0, limit: 1 } };
    expect(await made({ timeline })).toEqual({ items, steps, incomplete: [], next: '1' });
    const sides = { a: { digest: old.manifestDigest, at: t1 }, b: { digest: upgraded.manifestDigest } };
    expect(await made({ compare: { ...sides, page: { at: 0, limit: 10 } } })).toMatchObject({
      items: expect.any(Array) as unknown,
    });
  });

  test('a time before the log', async () => {
    const { store, useCases } = here;
    await store.forgetChanges(`${t3} update`);
    const from = await store.historyFrom();
    await expect(reportAt(old.manifestDigest, t1)).rejects.toMatchObject({ code: 'history-pruned' });
    const { history } = useCases;
    const before = history.imageTimeline(old.manifestDigest, { from: t0, to: t1 }, { limit: 1 });
    await expect(before).rejects.toMatchObject({ code: 'history-pruned' });
    const partly = await history.imageTimeline(old.manifestDigest, { from: t1 }, { limit: 1 });
    expect(partly).toMatchObject({ from: t1, completeFrom: from, historyFrom: from });
    expect(await useCases.history.imageTimeline(old.manifestDigest, {}, { limit: 1 })).toMatchObject({
      from,
      historyFrom: from,
    });
  });
});
